import pytest

from lazaretto.lockfiles.bun import BINARY_FORMAT, FORMAT
from lazaretto.model.package import Package
from lazaretto.parse.views import ParseError

LOCK = """{
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "root", "dependencies": { "a": "^1", }, },
    "packages/ws": { "name": "ws", "version": "3.0.0", },
  },
  "packages": {
    "@s/a": ["@s/a@1.0.0", "", { "dependencies": { "b": "^2" } }, "sha512-AA=="],

    "@s/a/b": ["b@2.0.0", "https://registry.example.test/b/-/b-2.0.0.tgz", {}, "sha512-BB=="],
    "alias": ["real@3.0.0", "", {}, "sha512-CC=="],
    "g": ["g@github:u/g#0a0a0a0", {}, "u-g-0a0a0a0", "sha512-DD=="],
    "l": ["l@file:lib/l", {}],
    "root": ["root@root:", {}],
    "t": ["t@https://files.example.test/t.tgz", {}, "sha512-EE=="],
    "ws": ["ws@workspace:packages/ws"],
    "bad": [],
    "bad2": "x",
    "bad3": ["@", "", {}, ""],
  }
}
"""


def test_entries(read):
    answer = read(FORMAT, "bun.lock", LOCK)
    assert answer.packages[:3] == [
        Package("npm", "@s/a", "1.0.0", "bun.lock", 8, integrity="sha512-AA=="),
        Package("npm", "b", "2.0.0", "bun.lock", 10, url="https://registry.example.test/b/-/b-2.0.0.tgz",
                integrity="sha512-BB=="),
        Package("npm", "real", "3.0.0", "bun.lock", 11, integrity="sha512-CC==", alias="alias"),
    ]  # fmt: skip
    assert answer.pairs[3:] == [("g", ""), ("l", ""), ("t", ""), ("ws", "3.0.0"), ("@", "")]
    assert answer.one("g").requirement == "github:u/g#0a0a0a0"
    assert answer.one("g").integrity == "sha512-DD=="
    assert answer.one("l").requirement == "file:lib/l"
    assert answer.one("ws").requirement == "workspace:packages/ws"
    assert len(answer.gaps) == 2


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_not_a_lockfile(read, text):
    with pytest.raises(ParseError):
        read(FORMAT, "bun.lock", text)


def test_a_lockfile_of_nothing(read):
    assert read(FORMAT, "bun.lock", "{}").pairs == []


def test_the_binary_lockfile_is_always_a_gap(read):
    answer = read(BINARY_FORMAT, "a/bun.lockb", b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n\0\0")
    assert not answer.packages
    assert answer.gaps[0].subject == "a/bun.lockb"
    assert not answer.gaps[0].partial
    assert "--save-text-lockfile" in answer.reasons[0]


def test_lockfiles_of_installed_packages_are_left_alone():
    assert not FORMAT.accepts("node_modules/a/bun.lock")
    assert not BINARY_FORMAT.accepts("node_modules/a/bun.lockb")
