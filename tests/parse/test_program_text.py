import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.program_text import ProgramText


@pytest.mark.parametrize(
    ("path", "data", "accepted"),
    [("a.py", b"x", True), ("run", b"x", True), ("a.woff2", b"x", False), ("a.py", b"\0", False)],
)
def test_what_is_taken_for_program_text(path: str, data: bytes, *, accepted: bool) -> None:
    assert ProgramText.accepts(Blob(path, data)) is accepted


def test_a_run_counts_signs_of_both_alphabets_only() -> None:
    assert ProgramText(Blob("a.py", b"x='" + b"A+/_-9" * 20 + b"'")).has_run(120)
    assert not ProgramText(Blob("a.py", b"A" * 119 + b"." + b"A" * 119)).has_run(120)
    assert not ProgramText(Blob("a.py", "é".encode() * 200)).has_run(1)
