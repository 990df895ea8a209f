import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from lazaretto.ecosystems import pypi
from lazaretto.ecosystems.pypi import Dependency


@pytest.mark.parametrize("name", ["Zope_Interface", "a--b__c..d", "ruamel.yaml", "X", "combination-._-.also_-._valid"])
def test_normalize_is_pep_503(name):
    assert pypi.normalize(name) == canonicalize_name(name)


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("pypi:Requests==2.32.3", "requests", "2.32.3"),
        ("requests==2.32.3", "requests", "2.32.3"),
        ("flask[async]", "flask", ""),
        ("odd===1.0-odd", "odd", "1.0-odd"),
    ],
)
def test_split(text, name, version):
    assert pypi.split(text) == (name, version)


@pytest.mark.parametrize("text", ["", "==1.0", "a==", "a==1.*", "a b", "https://host.test/a.whl"])
def test_split_refuses(text):
    with pytest.raises(ValueError, match="write pypi:NAME==VERSION"):
        pypi.split(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PyCrypto==1.2-alpha", Dependency("pycrypto", "1.2-alpha")),
        ("x === 1.0+local", Dependency("x", "1.0+local")),
        ("x[a,b] (==1.0) ; python_version < '3'", Dependency("x", "1.0")),
        ("x >= 2.8.1, == 2.8.*", Dependency("x", requirement=">= 2.8.1, == 2.8.*")),
        ("x==1.*", Dependency("x", requirement="==1.*")),
        ("x", Dependency("x")),
        ("old>=1.0.*", Dependency("old", requirement=">=1.0.*")),  # refused by packaging, written by many
        ("old>dev", Dependency("old", requirement=">dev")),
        ("old==2004d", Dependency("old", "2004d")),
        ("x @ https://h.test/x.zip", Dependency("x", "", "https://h.test/x.zip", "https://h.test/x.zip")),
        ("https://h.test/foo_bar-1.0-py3-none-any.whl", Dependency("foo-bar", "1.0", "", "https://h.test/foo_bar-1.0-py3-none-any.whl")),
        ("git+https://h.test/a.git@v1#egg=Foo_B", Dependency("foo-b", "", "git+https://h.test/a.git@v1#egg=Foo_B", "git+https://h.test/a.git@v1#egg=Foo_B")),
    ],
)  # fmt: skip
def test_dependency(text, expected):
    assert pypi.dependency(text) == expected


@pytest.mark.parametrize("text", ["asdf==", "asdf 1.0", "==1.0", "%s==1", "x" * 5000])
def test_dependency_refuses(text):
    with pytest.raises(ValueError, match=r"\w"):
        pypi.dependency(text)


def test_versions():
    assert pypi.is_exact("1.0rc1")
    assert not pypi.is_exact("==1.0")
    assert not pypi.is_exact("1.*")
    assert pypi.compare("1.10", "1.9") == 1
    assert pypi.compare("1.0", "1.0.0") == 0
    assert pypi.compare("2004d", "1.0") is None
    assert pypi.compare("2004d", "2004d") == 0


@pytest.mark.parametrize(
    ("version", "specifier", "expected"),
    [
        ("1.5", ">=1,<2", True),
        ("2.0", ">=1,<2", False),
        ("2.0rc1", ">=1", True),
        ("1.0", "", True),
        ("odd", ">=1", None),
        ("odd", "===odd", True),
        ("1.0", ">=nonsense*", None),
    ],
)
def test_satisfies(version, specifier, expected):
    assert pypi.satisfies(version, specifier) is expected


@given(st.text(max_size=80))
@settings(database=None)
def test_any_text(text):
    with contextlib.suppress(ValueError):
        assert pypi.dependency(text).name == pypi.normalize(pypi.dependency(text).name)
    pypi.satisfies(text, text)
    pypi.compare(text, text[1:])
    pypi.exact(text)
