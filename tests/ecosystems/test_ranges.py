import pytest

from lazaretto.ecosystems.ranges import canonical, compare, holds, world
from lazaretto.model.intel import Span


@pytest.mark.parametrize(
    ("ecosystem", "version", "versions", "spans", "answer"),
    [
        ("npm", "1.95.6", (), (Span("1.95.6", "1.95.8"),), True),
        ("npm", "1.95.7", (), (Span("1.95.6", "1.95.8"),), True),
        ("npm", "1.95.8", (), (Span("1.95.6", "1.95.8"),), False),
        ("npm", "1.95.5", (), (Span("1.95.6", "1.95.8"),), False),
        ("npm", "1.95.8-rc.1", (), (Span("1.95.6", "1.95.8"),), True),  # SemVer order, as OSV evaluates it
        ("npm", "1.1.7", (), (Span("1.1.5", last="1.1.7"),), True),
        ("npm", "1.1.8", (), (Span("1.1.5", last="1.1.7"),), False),
        ("npm", "0.0.0-canary", (), (Span("0"),), True),
        ("npm", "whatever", (), (Span("0"),), True),
        ("npm", "0.9.0", (), (Span("0", last="1.23.0"),), True),
        ("npm", "2.0.0", (), (Span("1.0.0"),), True),
        ("npm", "0.1.0", (), (Span("1.0.0"),), False),
        ("npm", "v1.0.0+build.5", ("1.0.0",), (), True),
        ("npm", "1.0.0-beta", ("1.0.0",), (), False),
        ("npm", "99.9.1", ("99.9.1",), (Span("1.0.0", "2.0.0"),), True),  # listed or in a span
        ("pypi", "3.5.1.rc0.dev0", ("3.5.1rc0.dev0",), (), True),
        ("pypi", "1.0", ("1.0.0",), (), True),
        ("pypi", "1.0.post1", ("1.0.0",), (), False),
        ("pypi", "1!0.1", (), (Span("1.0"),), True),
        ("pypi", "not a version", (), (Span("1.0", "2.0"),), None),
        ("gem", "1.2.3", (), (Span("1.0.0", "2.0.0"),), None),
        ("gem", "1.0.0", (), (Span("1.0.0", "2.0.0"),), None),
        ("gem", "1.2.3", ("1.2.3",), (Span("1.0.0", "2.0.0"),), True),
        ("golang", "v1.2.3", (), (Span("1.0.0", "1.3.0"),), True),
        ("cargo", "1.2.3", (), (Span("1", "1.3"),), True),
        ("npm", "1.2.3", (), (), False),
    ],
)
def test_holds(ecosystem, version, versions, spans, answer):
    assert holds(ecosystem, version, versions, spans) is answer


@pytest.mark.parametrize(
    ("ecosystem", "name", "spelled"),
    [
        ("pypi", "Zope._-Interface", "zope-interface"),
        ("npm", "JSONStream", "JSONStream"),
        ("npm", " react ", "react"),
        ("npm", "re\u0430ct", "re\u0430ct"),  # a Cyrillic letter stays one
        ("nuget", "Newtonsoft.Json", "newtonsoft.json"),
        ("cargo", "Rust_Decimal", "rust-decimal"),
        ("maven", "Org.Example:Name", "Org.Example:Name"),
    ],
)
def test_canonical(ecosystem, name, spelled):
    assert canonical(ecosystem, name) == spelled


def test_worlds():
    assert world("PyPI") == "pypi"
    assert world("VSCode:https://marketplace.example.test") == "vscode"
    assert world("Bitnami") == "bitnami"


def test_compare_does_not_guess():
    assert compare("gem", "1.0", "2.0") is None
    assert compare("gem", "1.0", "1.0") == 0
    assert compare("pypi", "1.0a1", "1.0") == -1
