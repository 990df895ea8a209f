import json

import pytest

from lazaretto.lockfiles.package_lock import FORMAT, accepts
from lazaretto.model.package import Package, Relation
from lazaretto.parse.views import ParseError

HOST = "https://registry.example.test"


def lock(version: int, **parts: object) -> str:
    return json.dumps({"name": "root", "lockfileVersion": version, **parts}, indent=2)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("package-lock.json", True),
        ("a/npm-shrinkwrap.json", True),
        ("node_modules/.package-lock.json", True),
        ("a/node_modules/.package-lock.json", True),
        (".package-lock.json", False),
        ("node_modules/a/package-lock.json", False),
        ("node_modules/a/npm-shrinkwrap.json", False),
        ("my-package-lock.json", False),
    ],
)
def test_accepts(path, expected):
    assert accepts(path) is expected


def test_version_3(read):
    text = lock(
        3,
        packages={
            "": {"name": "root", "version": "1.0.0"},
            "node_modules/@s/a": {
                "version": "1.0.0",
                "resolved": f"{HOST}/@s/a/-/a-1.0.0.tgz",
                "integrity": "sha512-AA==",
                "dev": True,
            },
            "node_modules/@s/a/node_modules/b": {"version": "2.0.0", "inBundle": True},
            "node_modules/alias": {"name": "real", "version": "3.0.0"},
        },
    )
    answer = read(FORMAT, "package-lock.json", text)
    assert answer.packages == [
        Package("npm", "@s/a", "1.0.0", "package-lock.json", 9, url=f"{HOST}/@s/a/-/a-1.0.0.tgz",
                integrity="sha512-AA==", dev=True),
        Package("npm", "b", "2.0.0", "package-lock.json", 15),
        Package("npm", "real", "3.0.0", "package-lock.json", 19, alias="alias"),
    ]  # fmt: skip
    assert not answer.gaps


def test_git_folders_and_links(read):
    git = "git+ssh://git@host.test/u/a.git#0a0a0a0"
    text = lock(
        3,
        packages={
            "": {},
            "lib/@s/own": {"version": "0.1.0"},
            "lib/other": {"version": "0.2.0"},
            "node_modules/a": {"version": "1.0.0", "resolved": git},
            "node_modules/@s/own": {"resolved": "lib/@s/own", "link": True},
            "node_modules/renamed": {"resolved": "lib/other", "link": True},
            "node_modules/lost": {"resolved": "lib/lost", "link": True},
        },
    )
    answer = read(FORMAT, "package-lock.json", text)
    assert answer.pairs == [("@s/own", "0.1.0"), ("renamed", "0.2.0"), ("a", "1.0.0"), ("lost", "")]
    assert [row.requirement for row in answer.packages] == ["file:lib/@s/own", "file:lib/other", git, "lib/lost"]


def test_version_1_is_nested(read):
    text = lock(
        1,
        dependencies={
            "a": {
                "version": "1.0.0",
                "dependencies": {"b": {"version": "2.0.0", "dev": True}, "c": {"version": "9.0.0"}},
            },
            "b": {"version": "3.0.0", "resolved": f"{HOST}/b/-/b-3.0.0.tgz", "integrity": "sha1-AA="},
            "alias": {"version": "npm:@s/real@4.0.0"},
            "git": {"version": "git+ssh://git@host.test/g.git#0a", "from": "g@host.test"},
            "hosted": {"version": "github:u/h#0b"},
            "local": {"version": "file:lib/local"},
            "remote": {"version": "https://files.example.test/r.tgz", "integrity": "sha512-BB=="},
        },
    )
    answer = read(FORMAT, "npm-shrinkwrap.json", text)
    assert answer.pairs == [
        ("a", "1.0.0"), ("b", "2.0.0"), ("c", "9.0.0"), ("b", "3.0.0"), ("@s/real", "4.0.0"), ("git", ""),
        ("hosted", ""), ("local", ""), ("remote", ""),
    ]  # fmt: skip
    assert [row.line for row in answer.packages] == [5, 8, 12, 17, 22, 25, 29, 32, 35]
    assert answer.one("@s/real").alias == "alias"
    assert answer.one("git").requirement == answer.one("git").url == "git+ssh://git@host.test/g.git#0a"
    assert answer.one("remote").integrity == "sha512-BB=="


def test_version_2_shows_the_same_to_old_and_new_clients_or_both_are_listed(read):
    text = lock(
        2,
        packages={"": {}, "node_modules/a": {"version": "1.0.0"}},
        dependencies={"a": {"version": "1.0.0"}, "hidden": {"version": "6.6.6"}, "local": {"version": "file:x"}},
    )
    assert read(FORMAT, "package-lock.json", text).pairs == [("a", "1.0.0"), ("hidden", "6.6.6")]


def test_an_address_that_names_another_package_is_what_gets_installed(read):
    text = lock(3, packages={"node_modules/a": {"version": "1.0.0", "resolved": f"{HOST}/evil/-/evil-1.0.0.tgz"}})
    answer = read(FORMAT, "package-lock.json", text)
    assert answer.pairs == [("a", "1.0.0"), ("evil", "1.0.0")]
    assert answer.one("evil").alias == "a"


def test_npms_own_record_says_what_is_installed(read):
    text = lock(3, packages={"node_modules/a": {"version": "1.0.0"}})
    assert read(FORMAT, "node_modules/.package-lock.json", text).packages[0].relation is Relation.INSTALLED


def test_shrinkwrap_takes_precedence_as_it_does_in_npm(read):
    text = lock(3, packages={"node_modules/a": {"version": "1.0.0"}})
    answer = read(FORMAT, "sub/package-lock.json", text, {"sub/npm-shrinkwrap.json": "{}"})
    assert not answer.packages
    assert answer.reasons == ["npm does not use this file, because npm-shrinkwrap.json stands beside it"]


def test_bad_entries_do_not_hide_the_others(read):
    text = lock(3, packages={"node_modules/a": 1, "node_modules/": {}, "node_modules/b": {"version": ["x"]}})
    answer = read(FORMAT, "package-lock.json", text)
    assert answer.pairs == [("b", "")]
    assert [reason.partition(": ")[2] for reason in answer.reasons] == [
        "node_modules/a could not be read as a package: it is not a mapping",
        "node_modules/ could not be read as a package: it gives no usable name",
    ]
    assert all(gap.partial for gap in answer.gaps)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "\0"])
def test_not_a_lockfile(read, text):
    with pytest.raises(ParseError):
        read(FORMAT, "package-lock.json", text)


def test_a_lockfile_without_packages_is_empty(read):
    assert read(FORMAT, "package-lock.json", lock(3, packages={"": {}})).pairs == []
    assert read(FORMAT, "package-lock.json", lock(1)).pairs == []
    assert read(FORMAT, "package-lock.json", lock(3, packages=[])).reasons
