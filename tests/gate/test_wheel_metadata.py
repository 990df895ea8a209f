"""A wheel's metadata out of ranges of the archive."""

import contextlib
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.gate.wheel_metadata import Parts, WheelMetadataError, metadata_in

NAME = "lz_demo-1.0-py3-none-any.whl"
TOLD = b"Metadata-Version: 2.1\nName: lz-demo\nVersion: 1.0\n"


def wheel(
    filler: int = 0, info: str = "lz_demo-1.0.dist-info", twice: bool = False, first: bool = False, text: bytes = TOLD
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(f"{info}/METADATA", text)
        archive.writestr(zipfile.ZipInfo("lz_demo/data.bin"), bytes(range(256)) * filler)
        if not first:
            archive.writestr(f"{info}/METADATA", text)
        if twice:
            archive.writestr("lz.demo-2.0.dist-info/METADATA", text)
    return out.getvalue()


def fetched(data: bytes, filename: str = NAME) -> tuple[bytes, int]:
    """Play the server; return the metadata and the number of bytes that went over."""
    parts, sent = Parts(len(data)), 0
    for _ in range(8):
        start, end = parts.missing
        parts.put(start, data[start:end])
        sent += end - start
        found = metadata_in(parts, filename, 1 << 16)
        if found is not None:
            return found, sent
    raise AssertionError("it never ends")


def test_small_and_large_wheels() -> None:
    assert fetched(wheel())[0] == TOLD
    data = wheel(40_000)
    assert len(data) > 10_000_000
    for large in (data, wheel(40_000, first=True)):
        found, sent = fetched(large)
        assert found == TOLD
        assert sent < 150_000


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (wheel(info="other-1.0.dist-info"), "no metadata of this project"),
        (wheel(info="x/lz_demo-1.0.dist-info"), "no metadata of this project"),
        (wheel(twice=True), "twice"),
        (wheel(text=b"x" * 70_000), "too large"),
        (b"<html>no archive</html>", "cannot be read"),
        (wheel()[:-30], "cannot be read"),
    ],
)
def test_what_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(WheelMetadataError, match=why):
        fetched(data)


def test_an_empty_answer_ends_it() -> None:
    with pytest.raises(WheelMetadataError):
        Parts(100).put(0, b"")


@given(st.binary(max_size=300), st.integers(0, 400), st.booleans())
def test_any_bytes_end(noise: bytes, place: int, whole: bool) -> None:
    data = noise if whole else wheel()[:place] + noise + wheel()[place + len(noise) :]
    if data:
        with contextlib.suppress(WheelMetadataError):
            fetched(data)
