"""Lines and columns of a blob: counted for the first places asked, looked up for the others."""

from pathlib import PurePosixPath

import pytest

from lazaretto.parse.blob import ASKED, Blob


@pytest.mark.parametrize("data", [b"", b"a", b"\n", b"\n\n", b"ab\ncd\r\n\xff\n", b"\nx", b"one\ntwo\n\nfour"])
def test_positions_are_the_same_counted_and_looked_up(data: bytes) -> None:
    known = Blob("a", data)
    for _ in range(ASKED):
        known.position(0)
    for offset in range(len(data) + 2):
        before = data[:offset]
        line, column = before.count(b"\n") + 1, offset - (before.rfind(b"\n") + 1) + 1
        assert Blob("a", data).position(offset) == (line, column)
        assert known.position(offset) == (line, column)


def test_lines() -> None:
    blob = Blob("a", b"one\r\ntwo\n\nfour")
    assert [blob.line_bytes(line) for line in range(6)] == [b"", b"one", b"two", b"", b"four", b""]


@pytest.mark.parametrize(
    "path", ["a/B.Py", "a", ".env", "a/.", "a/", ".", "..", "", "x.", "..a", "a.tar.gz", "d.e/f", "a/..", "!/a.b"]
)
def test_names_and_suffixes_are_those_of_pathlib(path: str) -> None:
    pure, blob = PurePosixPath(path), Blob(path, b"")
    assert (blob.name, blob.suffix) == (pure.name.lower(), pure.suffix.lower())
