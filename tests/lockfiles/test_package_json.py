import json

import pytest

from lazaretto.lockfiles.package_json import FORMAT, accepts
from lazaretto.model.package import Package, Relation
from lazaretto.parse.views import ParseError


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("package.json", True),
        ("a/b/package.json", True),
        ("node_modules/a/package.json", False),
        ("a/node_modules/b/c/package.json", False),
        ("my_node_modules/package.json", True),
        ("xpackage.json", False),
    ],
)
def test_accepts(path, expected):
    assert accepts(path) is expected


def test_groups(read):
    text = """{
  "name": "root",
  "scripts": { "a": "true" },
  "dependencies": {
    "a": "1.0.0",
    "@s/b": "^2.0.0"
  },
  "devDependencies": { "c": "" },
  "optionalDependencies": { "d": "latest" },
  "peerDependencies": { "e": ">=1" },
  "bundleDependencies": ["a", "f"]
}
"""
    source, how = "package.json", Relation.DECLARED
    assert read(FORMAT, source, text).packages == [
        Package("npm", "a", "1.0.0", source, 5, how),
        Package("npm", "@s/b", "", source, 6, how, requirement="^2.0.0"),
        Package("npm", "c", "", source, 8, how, dev=True),
        Package("npm", "d", "", source, 9, how, requirement="latest"),
        Package("npm", "e", "", source, 10, how, requirement=">=1"),
        Package("npm", "f", "", source, 11, how),
    ]


def test_specs(read):
    specs = {
        "alias": "npm:@s/real@1.2.3",
        "git": "git+https://host.test/g.git#main",
        "short": "user/repo",
        "tarball": "https://files.example.test/t.tgz",
        "local": "file:../local",
        "own": "workspace:^",
    }
    answer = read(FORMAT, "package.json", json.dumps({"dependencies": specs}))
    assert [(row.name, row.version, row.requirement, row.url, row.alias) for row in answer.packages] == [
        ("@s/real", "1.2.3", "npm:@s/real@1.2.3", "", "alias"),
        ("git", "", specs["git"], specs["git"], ""),
        ("short", "", "user/repo", "github:user/repo", ""),
        ("tarball", "", specs["tarball"], specs["tarball"], ""),
        ("local", "", "file:../local", "../local", ""),
        ("own", "", "workspace:^", "", ""),
    ]


def test_overrides_that_put_something_else_in_a_place(read):
    document = {
        "overrides": {
            "a": "npm:evil@1.0.0",
            "b": {".": "2.0.0", "c@^1": "https://files.example.test/c.tgz"},
            "d": "$d",
        },
        "resolutions": {"x/**/@s/y": "npm:other@^1", "z": "1.0.0"},
        "pnpm": {"overrides": {"p>q@1": "github:u/q"}},
    }
    answer = read(FORMAT, "package.json", json.dumps(document))
    assert [(row.name, row.version, row.alias) for row in answer.packages] == [
        ("evil", "1.0.0", "a"), ("c", "", ""), ("other", "", "@s/y"), ("q", "", ""),
    ]  # fmt: skip


def test_bad_entries_do_not_hide_the_others(read):
    document = {"dependencies": {"a": 1, "": "1.0.0", "b": "1.0.0"}, "devDependencies": "x", "peerDependencies": []}
    answer = read(FORMAT, "package.json", json.dumps(document))
    assert answer.pairs == [("b", "1.0.0")]
    assert len(answer.gaps) == 3


def test_many_bad_entries_are_counted(read):
    answer = read(FORMAT, "package.json", json.dumps({"dependencies": {f"a{i}": i for i in range(100)}}))
    assert answer.reasons[-1] == "80 more entries could not be read"


@pytest.mark.parametrize("text", ["", "[]", "{", "// c\n{}"])
def test_not_a_manifest(read, text):
    with pytest.raises(ParseError):
        read(FORMAT, "package.json", text)
