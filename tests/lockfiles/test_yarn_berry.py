import pytest

from lazaretto.lockfiles.yarn import FORMAT
from lazaretto.model.package import Package
from lazaretto.parse.views import ParseError

HEAD = "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n"


def entry(key: str, version: str, resolution: str, more: str = "") -> str:
    return f'"{key}":\n  version: {version}\n  resolution: "{resolution}"\n{more}  linkType: hard\n\n'


def test_entries(read):
    text = HEAD + entry("@s/a@npm:^1.0.0, @s/a@npm:~1.0", "1.10", "@s/a@npm:1.10", "  checksum: 10c0/aa\n")
    assert read(FORMAT, "yarn.lock", text).packages == [
        Package("npm", "@s/a", "1.10", "yarn.lock", 5, integrity="10c0/aa")
    ]


def test_aliases(read):
    text = HEAD + entry("old@npm:real@^1, real@npm:^1.2", "1.3.0", "real@npm:1.3.0")
    row = read(FORMAT, "yarn.lock", text).one("real")
    assert (row.version, row.alias) == ("1.3.0", "old")


def test_what_is_not_from_the_registry(read):
    text = HEAD + (
        entry("root@workspace:.", "0.0.0-use.local", "root@workspace:.")
        + entry("lib@workspace:lib", "0.0.0-use.local", "lib@workspace:lib")
        + entry("g@https://host.test/g.git#v1", "1.0.0", "g@https://host.test/g.git#commit=0a0a")
        + entry("t@https://files.example.test/t.tgz", "2.0.0", "t@https://files.example.test/t.tgz")
        + entry("l@file:../l::locator=root%40workspace%3A.", "0.0.2", "l@file:../l#../l::hash=1&locator=root")
        + entry("p@patch:p@npm%3A3.0.0#~/p.patch", "3.0.0", "p@patch:p@npm%3A3.0.0#~/p.patch::version=3.0.0&hash=1")
        + entry("m@npm:^4", "4.0.0", "m@npm:4.0.0::__archiveUrl=https%3A%2F%2Ffiles.example.test%2Fm.tgz")
        + entry("v@virtual:0a#npm:^5", "5.0.0", "v@virtual:0a0a#npm:5.0.0")
    )
    answer = read(FORMAT, "yarn.lock", text)
    assert answer.pairs == [
        ("lib", "0.0.0-use.local"), ("g", "1.0.0"), ("t", "2.0.0"), ("l", "0.0.2"), ("p", "3.0.0"), ("m", "4.0.0"),
        ("v", "5.0.0"),
    ]  # fmt: skip
    assert answer.one("lib").requirement == "workspace:lib"
    assert answer.one("g").url == "https://host.test/g.git#commit=0a0a"
    assert answer.one("l").requirement.startswith("file:../l")
    assert answer.one("p").requirement.startswith("patch:p@npm:3.0.0")
    assert (answer.one("m").url, answer.one("m").requirement) == ("https://files.example.test/m.tgz", "")


def test_an_entry_without_a_resolution_goes_by_its_key(read):
    text = HEAD + '"a@npm:^1.0.0":\n  version: 1.0.0\n'
    assert read(FORMAT, "yarn.lock", text).pairs == [("a", "1.0.0")]


def test_bad_entries_do_not_hide_the_others(read):
    text = HEAD + "a: 1\n" + '"b@npm:1":\n  resolution: "b@npm:1"\n' + entry("c@npm:1", "1.0.0", "c@npm:1.0.0")
    answer = read(FORMAT, "yarn.lock", text)
    assert answer.pairs == [("b", ""), ("c", "1.0.0")]
    assert answer.reasons == [
        "line 5: a could not be read as a package: it is not a mapping",
        "line 6: b@npm:1 could not be read as a package: it gives no version",
    ]


def test_not_yaml(read):
    with pytest.raises(ParseError):
        read(FORMAT, "yarn.lock", HEAD + "a: [\n")
