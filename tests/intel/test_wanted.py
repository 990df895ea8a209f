import pytest

from lazaretto.intel.pack import packs
from lazaretto.intel.wanted import Sought, given
from lazaretto.model.trace import Rung, Standing, Trace


@pytest.fixture(scope="module")
def sought():
    return Sought(packs())


def trace(world, name, version="", **more):
    return Trace(world, name, version, Rung.INSTALLED, "project", "/x", **more)


@pytest.mark.parametrize(
    ("found", "standing"),
    [
        (trace("npm", "graphalgo", "2.2.9"), Standing.RECORDED),
        (trace("npm", "graphorithm", "9.9.9"), Standing.RECORDED),
        (trace("pypi", "graphalgo", "3.5.3"), Standing.RECORDED),
        (trace("pypi", "graphalgo", "3.5.4"), Standing.NAME),
        (trace("pypi", "GraphAlgo", "3.5.3"), Standing.RECORDED),
        (trace("npm", "axios", "1.14.1"), Standing.RECORDED),
        (trace("npm", "axios", "1.14.0"), None),
        (trace("npm", "axios"), None),
        (trace("npm", "axios", requirement="^1.14.0"), Standing.ADMITTED),
        (trace("npm", "axios", requirement="^1.14.0", locked=True), None),
        (trace("npm", "axios", requirement="*"), None),
        (trace("npm", "express", "4.0.0"), None),
        (trace("golang", "gocommunity.io/orderedbtree/v2", "v2.0.0"), Standing.RECORDED),
        (trace("domain", "codepool.cloud"), Standing.RECORDED),
        (trace("domain", "example.test"), None),
    ],
)
def test_why_a_trace_is_a_hit(sought, found, standing):
    reason = sought.judge(found)
    assert (reason.standing if reason else None) == standing


def test_a_placeholder_is_only_the_name(sought):
    reason = sought.judge(trace("npm", "graphalgo", "0.0.1-security"))
    assert (reason.standing, reason.doubtful) == (Standing.NAME, True)


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b'"node_modules/graphalgo": {', True),
        (b"graph_algo==1\ngraphalgo[x]>=2", True),
        (b"graphalgo-like", False),
        (b"nothing of it", False),
    ],
)
def test_whether_bytes_may_name_something(sought, data, answer):
    assert sought.touches(data) is answer


def test_marks_in_a_text(sought):
    found = {mark.value for mark in sought.marks(b"GET http://x.codepool.cloud/a\nfrom 10.0.0.1")}
    assert found == {"codepool.cloud"}


@pytest.mark.parametrize(
    ("value", "kind", "name"),
    [
        ("npm:@a/b@1.0.0", "npm", "@a/b"),
        ("pypi:A_b==1.0", "pypi", "a-b"),
        ("pkg:npm/%40a/b@1.0.0", "npm", "@a/b"),
        ("ext:Pub.Name@1.0.0", "vscode-extension", "pub.name"),
    ],
)
def test_given_packages(value, kind, name):
    (record,) = given([value]).packages
    assert (record.ecosystem, record.name, record.versions[0][:1]) == (kind, name, "1")


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("c2[.]example[.]invalid", "domain", "c2.example.invalid"),
        ("hxxps://c2.example.invalid/x/", "url", "c2.example.invalid/x"),
        ("192.0.2.7", "ipv4", "192.0.2.7"),
        ("192.0.2.7:8080", "ipv4-port", "192.0.2.7:8080"),
        ("A" * 64, "sha256", "a" * 64),
        ("github-account:evil", "github-account", "evil"),
        ("file-name:x.bat", "file-name", "x.bat"),
    ],
)
def test_given_indicators(value, kind, shown):
    (indicator,) = given([value]).indicators
    assert (indicator.kind, indicator.value) == (kind, shown)


@pytest.mark.parametrize("value", ["", "npm:", "what is this", "http", "pypi:a>=1", "-x", "npm:a b"])
def test_what_is_no_indicator(value):
    with pytest.raises(ValueError):
        given([value])


def test_a_given_version_is_only_that_version():
    sought = Sought([given(["npm:plain@1.0.1"])])
    assert sought.judge(trace("npm", "plain", "1.0.1")).standing is Standing.GIVEN
    assert sought.judge(trace("npm", "plain", "1.0.0")) is None
    assert sought.judge(trace("npm", "plain")).standing is Standing.GIVEN


def test_a_scope_is_no_part_of_the_telling_word():
    sought = Sought([given(["npm:@bad/scope-kit", "golang:host.test/a/b"])])
    assert sought.touches(b'"node_modules/@bad/scope-kit"')
    assert sought.touches(b'"@bad/scope-kit@npm:^1.0"')
    assert sought.touches(b"host.test/a/b/v2 v2.0.0 h1:x")
