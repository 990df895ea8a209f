"""Path configuration files."""

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.blob import Blob
from lazaretto.parse.py_pth import PthFile


def test_only_lines_that_begin_with_import_run():
    view = PthFile.of(Blob("a.pth", b"folder\nimport a\n import b\nimport\tc\nimportant\n"))
    assert [(item.line, item.text) for item in view.executed] == [(2, "import a"), (4, "import\tc")]


def test_weights_are_not_path_files():
    assert not PthFile.accepts(Blob("model.pth", b"PK\3\4\0\0"))
    assert PthFile.accepts(Blob("x/a.pth", b"folder\n"))


@given(st.binary())
def test_any_bytes(data):
    assert isinstance(PthFile.of(Blob("a.pth", data)).executed, tuple)
