import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.program_text import ProgramText


@pytest.mark.parametrize(
    ("path", "data", "accepted"),
    [("a.py", b"x", True), ("run", b"x", True), ("a.woff2", b"x", False), ("a.py", b"\0", False)],
)
def test_what_is_taken_for_program_text(path: str, data: bytes, *, accepted: bool) -> None:
    assert ProgramText.accepts(Blob(path, data)) is accepted


def test_words_are_measured_in_bytes() -> None:
    view = ProgramText(Blob("a.py", b"a bbb\tcc\nd" + "é".encode()))
    assert view.has_word(3)
    assert not view.has_word(4)
    assert not ProgramText(Blob("a.py", b"")).has_word(1)
