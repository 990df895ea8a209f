import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.ecosystems import npm
from lazaretto.ecosystems.npm import Spec


@pytest.mark.parametrize("name", ["left-pad", "@a/b", "@a/.b", "JSONStream", "a" * 214, "7zip-bin", "x~y"])
def test_names(name):
    assert npm.is_name(name)


@pytest.mark.parametrize(
    "name", ["", ".a", "_a", "a/b", "@a", "@/b", "@a/", "@a/b/c", "a b", " a", "a" * 215, "a\u202eb", "a@1", "http:"]
)
def test_no_names(name):
    assert not npm.is_name(name)


@pytest.mark.parametrize("version", ["0.0.0", "1.2.3", "1.2.3-rc.1", "1.2.3+build.5", "10.20.30-a-b.0+x-y"])
def test_exact(version):
    assert npm.is_exact(version)


@pytest.mark.parametrize("version", ["", "1", "1.2", "v1.2.3", "=1.2.3", "^1.2.3", "01.2.3", "1.2.3-", "1.2.3 ", "*"])
def test_not_exact(version):
    assert not npm.is_exact(version)


def test_a_pinned_range_gives_its_version():
    assert [npm.exact(text) for text in ("1.2.3", " =1.2.3", "= v1.2.3", "v1.2.3", "^1.2.3", "")] == [
        "1.2.3", "1.2.3", "1.2.3", "1.2.3", "", "",
    ]  # fmt: skip


def test_split_at_version():
    assert npm.split_at_version("a@1.0.0") == ("a", "1.0.0")
    assert npm.split_at_version("@a/b@npm:c@1") == ("@a/b", "npm:c@1")
    assert npm.split_at_version("@a/b") == ("@a/b", "")
    assert npm.split_at_version("a") == ("a", "")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("npm:a@^1", ("a", "^1")),
        ("npm:@a/b@1.0.0", ("@a/b", "1.0.0")),
        ("npm:a", ("a", "")),
        ("npm:^1.0.0", None),
        ("npm:~1.0.0", None),
        ("npm:1.x", None),
        ("npm:*", None),
        ("a@1", None),
    ],
)
def test_split_alias(text, wanted):
    assert npm.split_alias(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Spec("range")),
        ("*", Spec("range")),
        ("^1.2.3", Spec("range")),
        (">=1 <2 || 3.x", Spec("range")),
        ("1.2.3", Spec("version", version="1.2.3")),
        ("v1.2.3", Spec("version", version="1.2.3")),
        ("latest", Spec("tag")),
        ("next-11", Spec("tag")),
        ("npm:other@1.0.0", Spec("alias", "other", "1.0.0")),
        ("npm:@s/other@^1", Spec("alias", "@s/other")),
        ("npm:^1", Spec("range")),
        ("jsr:@std/x@1.0.0", Spec("alias", "@jsr/std__x", "1.0.0")),
        ("workspace:*", Spec("workspace")),
        ("catalog:", Spec("catalog")),
        ("patch:a@npm%3A1#x", Spec("patch")),
        ("file:../a", Spec("file", url="../a")),
        ("link:../a", Spec("file", url="../a")),
        ("../a", Spec("file", url="../a")),
        ("./a.tgz", Spec("file", url="./a.tgz")),
        ("C:\\a", Spec("file", url="C:\\a")),
        ("user/repo", Spec("git", url="github:user/repo")),
        ("user/repo#main", Spec("git", url="github:user/repo#main")),
        ("gitlab:user/repo", Spec("git", url="gitlab:user/repo")),
        ("git@host.test:user/repo.git", Spec("git", url="git@host.test:user/repo.git")),
        ("git+ssh://git@host.test/a.git#1", Spec("git", url="git+ssh://git@host.test/a.git#1")),
        ("https://host.test/a.git#v1", Spec("git", url="https://host.test/a.git#v1")),
        ("https://host.test/a.tgz", Spec("remote", url="https://host.test/a.tgz")),
        ("odd:thing", Spec("unknown", url="odd:thing")),
    ],
)
def test_specs(text, wanted):
    assert npm.parse_spec(text) == wanted


@pytest.mark.parametrize(
    ("version", "requirement", "wanted"),
    [
        ("1.2.3", "^1", True),
        ("1.2.3", "", True),
        ("1.2.3", "=1.2.3", True),
        ("1.2.4", "1.2.3", False),
        ("1.2.3", ">=2 || ~1.2", True),
        ("2.0.0-rc.1", "^1", False),
        ("1.2.3", "latest", None),
        ("1.2.3", "git+ssh://x.test/a", None),
        ("1.2", "^1", None),
        ("1.2.3", "^1 " * 1000, None),
        ("1.2.3", ">> garbage", None),
    ],
)
def test_satisfies(version, requirement, wanted):
    assert npm.satisfies(version, requirement) is wanted


def test_the_order_of_the_semver_specification():
    rising = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
              "1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.0", "2.0.0", "10.0.0"]  # fmt: skip
    for older, newer in itertools.pairwise(rising):
        assert npm.compare(older, newer) == -1
        assert npm.compare(newer, older) == 1
    assert npm.compare("1.0.0+a", "1.0.0+b") == 0
    assert npm.compare("1.0", "1.0.0") is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://registry.example.test/a/-/a-1.0.0.tgz", "a"),
        ("https://registry.example.test/@s/a/-/a-1.0.0.tgz#hash", "@s/a"),
        ("https://registry.example.test/%40s%2fa/-/a-1.0.0.tgz", "@s/a"),
        ("https://host.test/api/npm/main/@s/a/-/@s/a-1.0.0.tgz", "@s/a"),
        ("https://host.test/download/@s/a/1.0.0/abc", ""),
        ("git+ssh://host.test/a/-/a", ""),
        ("", ""),
    ],
)
def test_the_name_in_an_address(url, name):
    assert npm.name_in_url(url) == name


@given(st.text(max_size=80), st.text("npm:@/1.0x^~*#git+htps\\ ", max_size=40))
@settings(max_examples=200, deadline=None)
def test_nothing_raises(one, other):
    for text in (one, other):
        npm.parse_spec(text)
        npm.is_name(text)
        npm.name_in_url("https://h.test/" + text)
        assert npm.satisfies("1.0.0", text) in (True, False, None)
        assert npm.normalize(npm.normalize(text)) == npm.normalize(text)


def test_the_ecosystem_is_made_of_these():
    assert npm.ECOSYSTEM.type == "npm"
    assert npm.ECOSYSTEM.satisfies("1.0.0", "^1") is True
