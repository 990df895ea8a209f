import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.blob import Blob
from lazaretto.parse.gitfiles import GitAttributes, GitConfig, GitHook, GitIgnore, HuskyHook

CONFIG = b"""[core]
\tfsmonitor = "sh -c \\"x\\"" ; note
[filter "fmt"]
\tclean = a \\
  b
[submodule.x] url = y
"""


def test_configuration_lines() -> None:
    settings = GitConfig(Blob(".git/config", CONFIG)).settings
    assert [(s.name, s.value, s.line) for s in settings] == [
        ("core.fsmonitor", 'sh -c "x"', 2),
        ("filter.fmt.clean", "a b", 4),
        ("submodule.x.url", "y", 6),
    ]


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        (".git/config", True),
        ("a/.git/modules/b/config", True),
        (".gitmodules", True),
        ("repo.git/config", True),
        ("src/config", False),
        ("config", False),
    ],
)
def test_which_files_are_git_configurations(path: str, accepted: bool) -> None:
    assert GitConfig.accepts(Blob(path, b"[user]")) is accepted


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        (".git/hooks/pre-commit", True),
        ("x/.git/hooks/helper", True),
        (".git/modules/m/hooks/post-checkout", True),
        ("repo.git/hooks/update", True),
        ("hooks/pre-push", True),
        (".git/hooks/pre-commit.sample", False),
        ("src/hooks/use-state", False),
        ("src/hooks/update", False),
    ],
)
def test_which_files_are_live_hooks(path: str, accepted: bool) -> None:
    assert GitHook.accepts(Blob(path, b"#!/bin/sh\n")) is accepted


def test_hooks_that_installation_switches_on() -> None:
    assert HuskyHook.accepts(Blob(".husky/pre-commit", b"npm test"))
    assert not HuskyHook.accepts(Blob(".husky/.gitignore", b"_"))
    assert not HuskyHook.accepts(Blob("src/pre-commit", b"x"))


def test_attributes_and_ignores() -> None:
    view = GitAttributes(Blob(".gitattributes", b"# c\n*.bin filter=lfs -text\n"))
    assert view.entries == (("*.bin", ("filter=lfs", "-text"), 2),)
    assert GitIgnore(Blob(".gitignore", b"#x\n\n!a\n")).patterns == (("!a", 3),)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_configuration(data: bytes) -> None:
    assert GitConfig(Blob(".git/config", data)).settings is not None
