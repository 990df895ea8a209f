import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.program_text import ProgramText


@pytest.mark.parametrize(
    ("path", "data", "accepted"),
    [("a.py", b"x", True), ("run", b"x", True), ("a.woff2", b"x", False), ("a.py", b"\0", False)],
)
def test_what_is_taken_for_program_text(path: str, data: bytes, *, accepted: bool) -> None:
    assert ProgramText.accepts(Blob(path, data)) is accepted


def test_the_longest_word_is_measured_in_bytes() -> None:
    assert ProgramText(Blob("a.py", b"a bbb\tcc\nd" + "é".encode())).longest_word == 3
    assert ProgramText(Blob("a.py", b"")).longest_word == 0
