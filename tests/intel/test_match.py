"""Recorded values are taken from the packs, so that none of them stands in this file."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intel.catalog import RULES
from lazaretto.intel.match import match_file, match_hashes, match_text
from lazaretto.intel.pack import packs
from lazaretto.model.finding import Confidence, Severity
from lazaretto.model.intel import Indicator, Scope, Trust
from lazaretto.parse.blob import Blob


def some(kind, scope=None, campaign=None, trust=None, ending="") -> list[Indicator]:
    return [
        one
        for pack in packs()
        for one in pack.indicators
        if one.kind == kind
        and (scope is None or one.scope is scope)
        and (campaign is None or one.campaign == campaign)
        and (trust is None or one.trust is trust)
        and one.value.endswith(ending)
    ]


HOST = some("domain", Scope.HOST, "contagious-interview", Trust.HIGH)[0].value
C2 = some("domain", Scope.HOST, "graphalgo", Trust.MEDIUM, ".cloud")[0].value
TENANT = some("domain", Scope.EXACT, trust=Trust.MEDIUM, ending=".vercel.app")[0].value


def answer(path, text):
    data = text if isinstance(text, bytes) else text.encode()
    return [(f.rule, f.severity.name, f.confidence.name, f.locations[0].line) for f in match_text(Blob(path, data))]


def test_address_in_code():
    text = f'const x = 1;\nfetch("https://{C2}/api/token");\n'
    (finding,) = match_text(Blob("src/a.js", text.encode()))
    assert (finding.rule, finding.severity, finding.confidence) == (
        "intel/campaign-indicator",
        Severity.HIGH,
        Confidence.HIGH,
    )
    assert finding.locations[0].line == 2
    assert "graphalgo" in finding.message.english()
    assert C2 not in finding.message.english()  # printed defanged
    assert C2 not in finding.excerpt


@pytest.mark.parametrize(
    "text",
    [
        "x = 'https://a.b.{host}/y'",
        "x = 'https://{HOST}/y'",
        "x = 'https:\\/\\/{host}\\/y'",
        "x = '\\nhttps://{host}.'",
        "redirect=https%3A%2F%2F{host}%2F",
        "mail to admin@{host}",
        "wss://{host}:8443/",
    ],
)
def test_spellings_of_a_host(text):
    text = text.replace("{host}", HOST).replace("{HOST}", HOST.upper())
    assert answer("a.js", text) == [("intel/campaign-indicator", "HIGH", "HIGH", 1)]


@pytest.mark.parametrize("text", ["https://{host}.example.test/", "https://x{host}/", "{host}s", "a.{tenant}"])
def test_near_hosts(text):
    assert answer("a.js", text.replace("{host}", HOST).replace("{tenant}", TENANT)) == []


def test_bare_name_from_a_feed_is_less_sure():
    assert answer("a.js", f'host: "{C2}"') == [("intel/campaign-indicator", "HIGH", "MEDIUM", 1)]


def test_encoded_address():
    secret = base64.b64encode(f"https://{TENANT}/api/v1".encode()).decode()
    assert answer("server/.env", f"A=1\nDEV_API={secret}\n") == [("intel/campaign-indicator", "HIGH", "HIGH", 2)]
    assert answer("a.js", f"u('{f'https://{TENANT}/'.encode().hex()}')") == [
        ("intel/campaign-indicator", "HIGH", "HIGH", 1)
    ]


@pytest.mark.parametrize("path", ["README.md", "docs/report.txt", "rules/x.yar", "test/fixtures/a.json", "ioc/x.json"])
def test_quoted(path):
    assert answer(path, f"seen: https://{C2}/") == [("intel/campaign-indicator", "LOW", "LOW", 1)]


def test_requirements_are_no_document():
    assert answer("requirements-dev.txt", f"--index-url https://{C2}/simple")[0][1] == "HIGH"


def test_test_code_and_detection_tools_weigh_less():
    assert answer("tests/test_a.py", f"x = 'https://{C2}'")[0][1:3] == ("MEDIUM", "LOW")
    tool = f"# IOC check for malware of the Lazarus group\nC2='https://{C2}'\n"
    assert answer("scan.sh", tool)[0][1:3] == ("MEDIUM", "LOW")
    assert answer("scan.sh", f"grep -rE '{C2}' .")[0][1:3] == ("MEDIUM", "LOW")
    assert answer("scan.sh", f"grep -r \\\n -e '{C2}' .")[0][1:3] == ("MEDIUM", "LOW")
    assert answer("scan.sh", f"true \\\n; curl 'https://{C2}'")[0][1:3] == ("HIGH", "HIGH")


def test_a_list_gives_one_finding():
    hosts = [one.value for one in some("domain", Scope.HOST)][:30]
    found = match_text(Blob("config/hosts.js", "\n".join(f'"https://{host}",' for host in hosts).encode()))
    assert [(f.severity, f.locations[0].line) for f in found] == [(Severity.LOW, 1)]
    assert "quotes 30 recorded values" in found[0].message.english()


def test_our_own_packs_do_not_alarm():
    from importlib.resources import files

    for entry in (files("lazaretto.intel") / "packs").iterdir():
        blob = Blob(f"src/lazaretto/intel/packs/{entry.name}", entry.read_bytes())
        assert all(finding.severity is Severity.LOW for finding in match_file(blob)), entry.name


def test_shared_service_matches_on_the_exact_path_only():
    url = next(one.value for one in some("url") if "npoint" in one.value)
    host, _, path = url.partition("/")
    assert answer("a.js", f"get('https://{url}')") == [("intel/campaign-indicator", "HIGH", "HIGH", 1)]
    assert answer("a.js", f"get('https://{host}/0000{path[4:]}')") == []
    assert answer("a.js", f"get('https://{host}/{path}0')") == []
    assert answer("a.js", f"get('https://{host}/')") == []


def test_tenant_matches_on_the_exact_host_only():
    assert answer("a.js", f"'https://{TENANT}/x'") == [("intel/campaign-indicator", "HIGH", "HIGH", 1)]
    assert answer("a.js", "'https://my-shop.vercel.app/x'") == []


def test_address_with_port():
    one = next(one for one in some("ipv4-port", trust=Trust.MEDIUM) if one.campaign == "contagious-interview")
    address, _, port = one.value.partition(":")
    others = {other.value for other in some("ipv4-port")} | {other.value for other in some("ipv4")}
    assert answer("a.js", f"http://{address}:{port}/keys")[0][:3] == ("intel/campaign-indicator", "HIGH", "HIGH")
    assert answer("a.js", f"connect('{address}', {port})")[0][1] == "HIGH"
    if address not in others:
        assert answer("a.js", f"http://{address}:9/keys")[0][1:3] == ("MEDIUM", "MEDIUM")
    assert answer("a.js", f"http://1{address}:{port}/keys") == [] or not address[0].isdigit()


def test_account_needs_its_host():
    account = some("github-account", campaign="graphalgo")[0].value
    assert answer("package.json", f'"repository": "https://github.com/{account}/x"')[0][1:3] == ("MEDIUM", "MEDIUM")
    assert answer("package.json", f'"author": "{account}"') == []


def test_wallet_is_compared_without_case():
    wallet = next(one.value for one in some("wallet") if one.value.startswith("0x"))
    assert answer("a.js", f'c = "{wallet.lower()}"') == [("intel/campaign-indicator", "HIGH", "HIGH", 1)]


def test_markers():
    key = next(one.value for one in some("marker", campaign="graphalgo") if len(one.value) > 80)
    assert answer("a.js", f'k = "{key}"') == [("intel/campaign-marker", "HIGH", "HIGH", 1)]
    line = next(one.value for one in some("marker", Scope.CONTEXT))
    assert answer("LICENSE", f"Some terms.\n{line}\n")[0][0] == "intel/campaign-marker"
    assert answer("a.js", f"// {line}") == []


def test_wallet_extensions_are_context():
    target = some("browser-extension", Scope.TARGET)[0].value
    assert answer("a.js", f'ids = ["{target}"]') == [("intel/wallet-extension-named", "LOW", "MEDIUM", 1)]


def test_low_trust_never_weighs():
    low = some("domain", trust=Trust.LOW)[0].value
    assert answer("a.js", f"https://{low}/")[0][1:3] == ("LOW", "LOW")


def test_known_bad_file():
    digest = some("sha256")[0].value
    (finding,) = match_hashes(digest.upper(), "a.woff2")
    assert (finding.rule, finding.severity, finding.confidence) == (
        "intel/known-bad-file",
        Severity.CRITICAL,
        Confidence.HIGH,
    )
    assert match_hashes("0" * 64, "a") == []


def test_file_name_that_a_worm_leaves():
    name = some("file-name", Scope.EXACT)[0].value
    (finding,) = match_file(Blob(f"tools/{name}", b"@echo off"))
    assert (finding.rule, finding.severity) == ("intel/campaign-marker", Severity.MEDIUM)


def test_utf16_and_long_files():
    assert answer("a.ps1", b"\xff\xfe" + f"x = 'https://{HOST}/'".encode("utf-16-le"))[0][1] == "HIGH"
    filler = "const aaaa = bbbb;\n" * 120_000
    assert answer("a.js", f"{filler}fetch('https://{HOST}/')")[0][3] == 120_001
    assert answer("a.png", b"\0" + HOST.encode()) == []


def test_findings_are_of_catalogued_rules():
    known = {rule.id for rule in RULES}
    assert len(known) == len(RULES)
    assert all(rule.doc.startswith(rule.doc.splitlines()[0]) and "What to do" in rule.doc for rule in RULES)
    text = f"https://{HOST}/ https://{TENANT}/".encode()
    assert {finding.rule for finding in match_text(Blob("a.js", text))} <= known


@given(st.binary(max_size=3000))
def test_any_bytes(data):
    for path in ("a.js", "README.md", "LICENSE", "package.json"):
        match_file(Blob(path, data))


@given(
    st.lists(
        st.sampled_from([HOST, TENANT, "aHR0cHM6Ly", "68747470", ".", "\\", "%", "\n", ":", "//", "é"]), max_size=40
    )
)
def test_any_pieces(pieces):
    for finding in match_text(Blob("a.js", "".join(pieces).encode())):
        assert finding.locations[0].line >= 1
