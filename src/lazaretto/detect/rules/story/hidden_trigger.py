"""Hidden code is reached from an ordinary method or function, and only then runs.

What it sees
    Code that hides what it does (decoded and executed text, names put together from characters, an address that is
    not shown) inside a function, and a class or function of the package from which that function is reached: in the
    same file or from another one.

Why it matters
    Nothing happens at installation and nothing at import, so whoever tests a package by installing it sees nothing.
    The payload waits for the call that every user makes - a constructor - and for an argument that only the victim's
    task carries. The Python packages of the campaign *graphalgo* work like this.

Example
    class Graph:
        def __init__(self, data=None, **attr):
            if attr.get("mode"):
                load_libraries(attr)        # in utils/load_libraries.py: exec(decrypt(TABLE, attr["mode"]))

What to do
    Do not use the package, and do not run code that uses it. If it was used, treat the machine as exposed.

False alarms
    The hidden half must be a finding of its own of HIGH severity; the story adds how it is reached.

References
    ATT&CK T1480 (Execution Guardrails), T1027, T1195.001
"""

from collections.abc import Iterator

from lazaretto.detect.project import Evidence
from lazaretto.detect.pytext import PythonText
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Role, Severity
from lazaretto.model.text import N_

FILES = 3000
"""Files of a package that are searched for callers."""
BYTES = 32 << 20
STORIES = 5

_HIDING = frozenset(
    {
        "py/decode-then-exec",
        "py/assembled-name",
        "py/obfuscated-module",
        "py/remote-code-executed",
        "py/decoded-address",
    }
)
_SAME = N_("{entry} reaches code that hides what it does: {rule}")
_SAME_IF = N_("{entry} reaches code that hides what it does, when {condition}: {rule}")
_OTHER = N_("{entry} calls {function} in {path}, which hides what it does: {rule}")
_OTHER_IF = N_("{entry} calls {function} in {path}, when {condition}, which hides what it does: {rule}")


def check(evidence: Evidence) -> Iterator[Match]:
    """Yield the entry from which each file's worst hidden code is reached."""
    worst: dict[str, Finding] = {}
    for finding in evidence.findings:
        path = finding.locations[0].path
        if (
            finding.rule in _HIDING
            and finding.phase is Phase.RUN
            and finding.severity >= Severity.HIGH
            and finding.confidence >= Confidence.MEDIUM
            and path.endswith(".py")
        ):
            kept = worst.get(path)
            if kept is None or (finding.confidence, finding.severity) > (kept.confidence, kept.severity):
                worst[path] = finding
    for path, finding in sorted(worst.items())[:STORIES]:
        text = _text(evidence, path)
        if text is None:
            continue
        line = finding.locations[0].line
        names = {name for name in text.reaching(line) if not name.startswith("__")}
        yield from _from_elsewhere(evidence, path, finding, names) or _from_inside(path, finding, text)


def _from_elsewhere(evidence: Evidence, path: str, finding: Finding, names: set[str]) -> list[Match]:
    """Return the first method of another file that calls the hidden code."""
    plain = {name for name in names if len(name) > 3}
    left = BYTES
    found: list[Match] = []
    for other in _nearest(evidence, path):
        blob = evidence.read(other)
        if blob is None:
            continue
        left -= len(blob.data)
        if left < 0:
            break
        if not any(name.encode() in blob.data for name in plain):
            continue
        text = PythonText(blob.text)
        for line in text.call_lines(plain):
            block = text.around(line)
            if block is None or block.name.rpartition(".")[2] in plain:
                continue
            called = next((name for name in sorted(plain) if name in text.lines[line - 1]), "")
            condition = text.condition(line)
            found.append(
                Match(
                    _OTHER_IF if condition else _OTHER,
                    path=other,
                    line=line,
                    params={
                        "entry": _shown(block.name),
                        "function": called,
                        "path": path,
                        "rule": finding.rule,
                        "condition": condition[:120],
                    },
                    excerpt=text.lines[line - 1],
                    more=(finding.locations[0],),
                    related=(finding.rule,),
                    confidence=finding.confidence,
                    layers=finding.layers,
                )
            )
            if "." in block.name:
                return [found[-1]]
    return found[:1]


def _from_inside(path: str, finding: Finding, text: PythonText) -> Iterator[Match]:
    line = finding.locations[0].line
    block = text.around(line)
    if block is None:
        return
    names = text.reaching(line)
    entries = [other for other in text.blocks if other.kind == "def" and "." in other.name]
    entry = next((other for other in entries if other.first <= line <= other.last), None) or next(
        (other for other in entries if names & text.calls(other.first + 1, other.last)), None
    )
    if entry is None:
        return
    inside = next(
        (number for number in text.call_lines(names) if entry.first < number <= entry.last),
        line if entry.first <= line <= entry.last else 0,
    )
    condition = text.condition(inside) if inside else ""
    yield Match(
        _SAME_IF if condition else _SAME,
        path=path,
        line=inside or entry.first,
        params={"entry": _shown(entry.name), "rule": finding.rule, "condition": condition[:120]},
        more=(Location(path, line),),
        related=(finding.rule,),
        confidence=finding.confidence,
        layers=finding.layers,
    )


def _nearest(evidence: Evidence, path: str) -> list[str]:
    """Return the package's Python files without tests, those first that import the hidden code's file."""
    importers = {source for source, targets in evidence.imports.items() if path in targets}
    files = [
        other
        for other in sorted(evidence.files)
        if other.endswith(".py") and other != path and "/test" not in other and not other.endswith("setup.py")
    ]
    return sorted(files, key=lambda other: (other not in importers, other))[:FILES]


def _text(evidence: Evidence, path: str) -> PythonText | None:
    blob = evidence.read(path)
    return PythonText(blob.text) if blob is not None else None


def _shown(name: str) -> str:
    owner, _, last = name.rpartition(".")
    return f"{owner}()" if last == "__init__" and owner else f"{name}()"


RULE = Rule(
    id="story/hidden-trigger",
    title=N_("an ordinary call reaches hidden code"),
    view=Evidence,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1480", "T1027", "T1195.001"),
)
