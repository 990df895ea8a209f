import pytest

from lazaretto.lockfiles.poetry import FORMAT
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

OLD = """\
[[package]]
name = "Old_Style"
version = "1.0"
category = "dev"
optional = false

[[package]]
name = "forked"
version = "0.2.0"

[package.source]
type = "git"
url = "https://git.example.test/forked.git"
reference = "main"
resolved_reference = "cd66602cd29f61a2d2e7fb995fef1e61708c034d"

[metadata]
lock-version = "1.1"

[metadata.files]
Old_Style = [{file = "old.whl", hash = "sha256:aa"}]
"""
NEW = """\
[[package]]
name = "typing-extensions"
version = "4.12.2"
groups = ["dev"]
files = [
    {file = "t.whl", hash = "sha256:bb"},
    {file = "t.tar.gz", hash = "sha256:cc"},
]

[[package]]
name = "private"
version = "1.0"
groups = ["main", "dev"]

[package.source]
type = "legacy"
url = "https://registry.example.test/simple"
reference = "corp"
"""


def test_poetry_1(read):
    answer = read(FORMAT, "a/poetry.lock", OLD)
    assert answer.pairs == [("old-style", "1.0"), ("forked", "0.2.0")]
    assert (answer.packages[0].line, answer.packages[0].integrity, answer.packages[0].dev) == (2, "sha256:aa", True)
    fork = answer.packages[1]
    assert fork.url == "git+https://git.example.test/forked.git@cd66602cd29f61a2d2e7fb995fef1e61708c034d"
    assert (fork.requirement, fork.line) == ("main", 8)


def test_poetry_2(read):
    answer = read(FORMAT, "poetry.lock", NEW)
    assert answer.pairs == [("typing-extensions", "4.12.2"), ("private", "1.0")]
    assert [row.dev for row in answer.packages] == [True, False]
    assert answer.packages[0].integrity == "sha256:bb"
    assert answer.packages[1].url == "https://registry.example.test/simple"


def test_entry_without_a_name_is_a_gap(read):
    answer = read(FORMAT, "poetry.lock", '[[package]]\nversion = "1"\n\n[[package]]\nname = "b"\nversion = "2"\n')
    assert answer.pairs == [("b", "2")]
    assert answer.reasons == ["line 1: [[package]] could not be read as a package: it has no name"]


def test_empty_and_broken(read):
    assert read(FORMAT, "poetry.lock", "").pairs == []
    with pytest.raises(ParseError) as caught:
        list(FORMAT.read(Blob("poetry.lock", b'[[package]]\nname = "a"\nversion = \n'), lambda _: None))
    assert caught.value.line == 3
