"""Links that are put into a tree between the comparison and the copy."""

import os

import pytest

from lazaretto.adapters.sandbox.kept import changes, copy

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links")


@pytest.fixture
def trees(tmp_path):
    for name in ("upper/src", "project/src", "outside"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "upper/src/a.txt").write_text("new")
    (tmp_path / "project/src/a.txt").write_text("old")
    (tmp_path / "outside/a.txt").write_text("host")
    (change,) = changes(tmp_path / "upper", tmp_path / "project", lambda _: False)
    return tmp_path, change


def test_without_a_swap_it_is_copied(trees):
    top, change = trees
    copy(top / "upper", top / "project", change)
    assert (top / "project/src/a.txt").read_text() == "new"


@pytest.mark.parametrize("tree", ["project", "upper"])
def test_a_folder_that_became_a_link_is_not_walked(tree, trees):
    top, change = trees
    (top / tree / "src").rename(top / tree / "was")
    (top / tree / "src").symlink_to(top / "outside")
    with pytest.raises(OSError):
        copy(top / "upper", top / "project", change)
    assert (top / "outside/a.txt").read_text() == "host"
    assert [one.name for one in (top / "outside").iterdir()] == ["a.txt"]


def test_a_file_that_became_a_link_is_replaced_not_followed(trees):
    top, change = trees
    (top / "project/src/a.txt").unlink()
    (top / "project/src/a.txt").symlink_to(top / "outside/a.txt")
    copy(top / "upper", top / "project", change)
    assert (top / "outside/a.txt").read_text() == "host"


def test_a_kept_file_that_became_a_link_is_not_read(trees):
    top, change = trees
    (top / "upper/src/a.txt").unlink()
    (top / "upper/src/a.txt").symlink_to(top / "outside/a.txt")
    with pytest.raises(OSError):
        copy(top / "upper", top / "project", change)
    assert (top / "project/src/a.txt").read_text() == "old"
