"""The house rules that no linter knows."""

import importlib
import re
from pathlib import Path

import pytest

import lazaretto
from lazaretto.detect.catalog import RULES
from lazaretto.detect.layers.catalog import LAYERS
from lazaretto.lockfiles.catalog import FORMATS
from lazaretto.parse.catalog import VIEWS
from lazaretto.traces.catalog import PLACES

SOURCE = Path(lazaretto.__file__).parent
ROOT = SOURCE.parent.parent
FAMILIES = sorted(path.name for path in (SOURCE / "detect" / "rules").iterdir() if (path / "catalog.py").exists())


def modules(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.py") if path.stem not in ("__init__", "catalog"))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_rule_module_is_in_its_catalogue(family: str) -> None:
    folder = SOURCE / "detect" / "rules" / family
    listed = importlib.import_module(f"lazaretto.detect.rules.{family}.catalog").RULES
    by_module = {rule.check.__module__.rsplit(".", 1)[-1] for rule in listed}
    with_rules = {
        name
        for name in modules(folder)
        if re.search(r"^RULES?\b.*=", (folder / f"{name}.py").read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert with_rules, f"{family} has no rules"
    assert with_rules == by_module


def test_the_catalogue_holds_every_family() -> None:
    listed = {rule.id for rule in RULES}
    for family in FAMILIES:
        for rule in importlib.import_module(f"lazaretto.detect.rules.{family}.catalog").RULES:
            assert rule.id in listed


def test_every_lockfile_module_is_in_the_catalogue() -> None:
    folder = SOURCE / "lockfiles"
    by_module = {format_.read.__module__.rsplit(".", 1)[-1] for format_ in FORMATS}
    with_formats = {
        name
        for name in modules(folder)
        if re.search(r"^FORMATS?\b.*=|^[A-Z_]+ = Format\(", (folder / f"{name}.py").read_text(), re.MULTILINE)
    }
    assert with_formats == by_module


def test_every_view_module_is_in_the_catalogue() -> None:
    listed = {view.__module__.rsplit(".", 1)[-1] for view in VIEWS}
    with_views = {
        name
        for name in modules(SOURCE / "parse")
        if re.search(
            r"^class \w+\((?:FileView|TextFile|AnyFile)\)", (SOURCE / "parse" / f"{name}.py").read_text(), re.MULTILINE
        )
    }
    assert with_views == listed


def test_every_finder_of_layers_is_in_the_catalogue() -> None:
    folder = SOURCE / "detect" / "layers"
    listed = {source.find.__module__.rsplit(".", 1)[-1] for source in LAYERS}
    assert {name for name in modules(folder) if name != "source"} == listed
    assert len({source.id for source in LAYERS}) == len(LAYERS)


def test_every_place_module_is_in_the_catalogue() -> None:
    folder = SOURCE / "traces"
    by_module = {place.read.__module__.rsplit(".", 1)[-1] for place in PLACES}
    with_places = {
        name
        for name in modules(folder)
        if re.search(r"^[A-Z_]+ = Place\(", (folder / f"{name}.py").read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert with_places == by_module
    assert len({place.id for place in PLACES}) == len(PLACES)


def test_rule_ids_are_unique_and_well_formed() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    for rule in RULES:
        assert re.fullmatch(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+)*", rule.id), rule.id
        assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", technique) for technique in rule.techniques), rule.id


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_whole_page(rule: object) -> None:
    doc = rule.doc  # type: ignore[attr-defined]
    for section in ("What it sees", "Why it matters", "Example", "What to do", "False alarms", "References"):
        assert re.search(rf"^{section}\b", doc, re.MULTILINE | re.IGNORECASE), f"{rule.id} lacks {section!r}"  # type: ignore[attr-defined]


def test_no_module_is_longer_than_one_idea() -> None:
    long = {
        str(path.relative_to(SOURCE)): count
        for path in SOURCE.rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 600
    }
    assert not long


def test_nothing_names_a_registry_host() -> None:
    hosts = re.compile(r"registry\.(?:npmjs|yarnpkg)\.|(?:files\.)?python" + r"hosted\.org|(?<![\w.])pypi\." + r"org")
    found = [
        str(path.relative_to(ROOT))
        for folder in ("src", "tests", "docs", "examples", "requirements", "bench", "tools")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix in (".py", ".md", ".txt", ".toml", ".json", ".po", ".js")
        and "intel/packs" not in path.as_posix()
        and hosts.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found


def test_every_signal_is_documented_and_every_documented_one_exists() -> None:
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs" / "signals.md").read_text(), re.MULTILINE))
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    emitted = set(re.findall(r'\bSignal\(\s*"([a-z-]+)"', source))
    read = set(re.findall(r'signals_of\("([a-z-]+)"\)', source))
    assert emitted | read == documented


def test_every_clause_of_the_gate_is_in_the_catalogue() -> None:
    from lazaretto.judge.gate_clauses.catalog import CLAUSES

    listed = [clause.prepare.__module__.rsplit(".", 1)[-1] for clause in CLAUSES]
    assert sorted(listed) == [name for name in modules(SOURCE / "judge" / "gate_clauses") if name != "clause"]
    assert [clause.id.replace("-", "_") for clause in CLAUSES] == listed


def test_every_stream_module_is_in_the_catalogue() -> None:
    from lazaretto.adapters.streams.catalog import STREAMS

    shared = {"__init__", "catalog", "stream", "audit_event", "source"}
    folder = SOURCE / "adapters" / "streams"
    modules = {path.stem for path in folder.glob("*.py")} - shared
    assert modules == {one.__module__.rpartition(".")[2] for one in STREAMS} == {one.id for one in STREAMS}
