import importlib
import json
from pathlib import Path

import pytest
import stix2
from packaging.requirements import Requirement

from lazaretto.intel.facts import Embedded
from lazaretto.lockfiles.catalog import FORMATS as LOCKFILES  # noqa: F401 - the floor below loads
from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Campaign, Coverage, Indicator, PackageRecord, Reference, Scope, Trust
from lazaretto.reports.exports import catalog
from lazaretto.reports.exports.catalog import EXPORTS, by_name
from lazaretto.reports.exports.ids import timestamp
from lazaretto.reports.exports.stix import pattern

SOURCE = Embedded()
NAMES = SOURCE.names()
MADE = "2026-11-20"


def render(name, form):
    return by_name(form).render(SOURCE.facts(name), MADE)


def indicator(kind, value, scope=Scope.EXACT, trust=Trust.HIGH):
    return Indicator(kind, value, scope, "r", trust)


def facts(*indicators, packages=()):
    campaign = Campaign("x", 'x "quoted"\n; $a', (), "unknown", "2026-01", "2026-01", (), (), "")
    return CampaignFacts(
        campaign,
        (Reference("r", "https://r.test/a", "2026-01-02", "R", "feed"),),
        tuple(packages),
        indicators,
        "2026-01-03",
    )


HOSTILE = facts(
    indicator("domain", "github.com", Scope.HOST), indicator("domain", "x.vercel.app"), indicator("domain", "evil.test", Scope.HOST),
    indicator("domain", "pivot.test", Scope.HOST, Trust.LOW), indicator("file-name", "it's \\ \"odd\" *?.js", Scope.HUNT),
    indicator("marker", 'a"b\\c\nstrings: $x = "한글"'), indicator("user-agent", "a'b\\"), indicator("ipv4-port", "192.0.2.1:80"),
    indicator("wallet", "0xAD02b5cDE693529d3bdA0266299501ad0193036C"), indicator("browser-extension", "n" * 32, Scope.TARGET),
    packages=(
        PackageRecord("npm", "all", Coverage.ALL, "r", Trust.HIGH, ("1.0.0",)), PackageRecord("npm", "some", Coverage.HIJACKED, "r", Trust.HIGH, ("1.0.1",)),
        PackageRecord("npm", "watched", Coverage.WATCH, "r", Trust.HIGH), PackageRecord("pypi", "some-py", Coverage.HIJACKED, "r", Trust.HIGH, ("1.0", "1.1")),
        PackageRecord("pypi", "all-py", Coverage.ALL, "r", Trust.HIGH), PackageRecord("npm", "pivot", Coverage.ALL, "r", Trust.LOW),
    ),
)  # fmt: skip


def test_every_export_module_is_listed():
    folder = Path(catalog.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "catalog", "ids", "hosts_of"}
    assert {export.render.__module__.rpartition(".")[2] for export in EXPORTS} == modules
    assert tuple(export.name for export in EXPORTS) == importlib.import_module("lazaretto.cli.intel_export")._FORMATS


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_the_same_facts_give_the_same_document(name, export):
    assert render(name, export.name) == render(name, export.name)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("contagious-interview", "shai-hulud-2025")])
def test_stix_is_valid(name):
    bundle = stix2.parse(render(name, "stix"), allow_custom=False)
    kinds = {one.type for one in bundle.objects}
    assert {"identity", "campaign", "attack-pattern", "report", "relationship"} <= kinds
    ids = {one.id for one in bundle.objects}
    assert all(one.source_ref in ids and one.target_ref in ids for one in bundle.objects if one.type == "relationship")


def test_stix_of_hostile_values():
    bundle = stix2.parse(by_name("stix").render(HOSTILE, MADE), allow_custom=False)
    patterns = [one.pattern for one in bundle.objects if one.type == "indicator"]
    assert r"[file:name = 'it\'s \\ " + '"odd" *?.js' + "']" in patterns
    assert not any("n" * 32 in one for one in patterns)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (
            "ipv4-port",
            "192.0.2.1:80",
            "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 80]",
        ),
        ("sha256", "ab", "[file:hashes.'SHA-256' = 'ab']"),
        ("url", "a.test/x", "[url:value = 'https://a.test/x' OR url:value = 'http://a.test/x']"),
        ("github-account", "x", "[user-account:account_type = 'github' AND user-account:account_login = 'x']"),
        ("file-path", "/tmp/ld.py", "[file:name = 'ld.py' AND file:parent_directory_ref.path = '/tmp']"),
        ("wallet", "0x1", "[x-lazaretto-wallet:value = '0x1']"),
    ],
)
def test_patterns(kind, value, expected):
    assert pattern(indicator(kind, value)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_sigma_is_valid(name):
    sigma = pytest.importorskip("sigma.collection")
    text = render(name, "sigma")
    if text:
        collection = sigma.SigmaCollection.from_yaml(text)
        assert not collection.errors
        assert all(rule.id and rule.logsource and rule.detection.parsed_condition[0].parsed for rule in collection)


@pytest.mark.parametrize("name", [*NAMES, None])
def test_yara_compiles_and_finds(name):
    yara_x = pytest.importorskip("yara_x")
    text = render(name, "yara") if name else by_name("yara").render(HOSTILE, MADE)
    if text:
        rules = yara_x.compile(text)
        if name == "graphalgo":
            assert yara_x.Scanner(rules).scan(b"fetch('https://codepool.cloud/a')").matching_rules
            assert not yara_x.Scanner(rules).scan(b"fetch('https://github.com/a')").matching_rules


def test_sigma_of_hostile_values():
    sigma = pytest.importorskip("sigma.collection")
    assert not sigma.SigmaCollection.from_yaml(by_name("sigma").render(HOSTILE, MADE)).errors


@pytest.mark.parametrize("name", NAMES)
def test_misp_shape(name):
    event = json.loads(render(name, "misp"))["Event"]
    assert {"uuid", "info", "date", "Attribute", "Tag"} <= event.keys()
    assert all({"uuid", "type", "category", "value", "to_ids"} <= row.keys() for row in event["Attribute"])
    assert len({row["uuid"] for row in event["Attribute"]}) == len(event["Attribute"])


def test_block_lists():
    assert by_name("blocklist-npm").render(HOSTILE, MADE).splitlines()[1:] == ["all", "some@1.0.1"]
    lines = [line for line in by_name("blocklist-pip").render(HOSTILE, MADE).splitlines() if not line.startswith("#")]
    assert [line.partition("  #")[0] for line in lines] == ["all-py<0", "some-py!=1.0,!=1.1"]
    assert by_name("hosts").render(HOSTILE, MADE).splitlines()[1:] == ["0.0.0.0 evil.test", "0.0.0.0 x.vercel.app"]
    assert "*.evil.test CNAME ." in by_name("blocklist-dns").render(HOSTILE, MADE)
    assert all(len(text.splitlines()[0]) < 200 for text in (by_name("hosts").render(HOSTILE, MADE),))


@pytest.mark.parametrize("name", NAMES)
def test_constraints_are_such(name):
    for line in render(name, "blocklist-pip").splitlines():
        if not line.startswith("#"):
            requirement = Requirement(line.partition("  #")[0])
            assert not requirement.specifier.contains("0.0.1") or "!=" in line


@pytest.mark.parametrize("name", ["graphalgo", "axios-2026"])
def test_vex(name):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    openvex = json.loads(render(name, "vex-openvex"))
    assert all(
        one["status"] == "affected" and one["products"] and one["action_statement"] for one in openvex["statements"]
    )
    text = render(name, "vex-cyclonedx")
    document = json.loads(text)
    refs = {one["bom-ref"] for one in document["components"]}
    assert all(one["ref"] in refs for row in document["vulnerabilities"] for one in row["affects"])
    try:
        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    except Exception as error:
        if "Missing" not in type(error).__name__:
            raise


def test_timestamps():
    assert timestamp("2026-02", last=True) == "2026-02-28T00:00:00.000Z"
    assert timestamp("2026") == "2026-01-01T00:00:00.000Z"
    assert timestamp("") == "1970-01-01T00:00:00.000Z"
