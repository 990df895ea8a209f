import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.adapters.git_objects import BLOB, LargeObjectError, ObjectError, Objects, check_stream

NAME = b"ab" + b"0" * 38


def loose(tmp_path, data):
    folder = tmp_path / "ab"
    folder.mkdir(exist_ok=True)
    (folder / ("0" * 38)).write_bytes(data)
    return Objects(tmp_path, 1000)


def test_a_loose_object(tmp_path):
    assert loose(tmp_path, zlib.compress(b"blob 3\0abc")).get(NAME) == (BLOB, b"abc")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (zlib.compress(b"blob 5000\0" + bytes(5000)), LargeObjectError),
        (zlib.compress(b"blob 3\0" + bytes(900)), ObjectError),
        (zlib.compress(b"blob -3\0abc"), ObjectError),
        (zlib.compress(b"thing 3\0abc"), ObjectError),
        (zlib.compress(b"blob 3"), ObjectError),
        (b"rubbish", ObjectError),
        (b"", ObjectError),
    ],
)
def test_damaged_loose_objects(tmp_path, data, error):
    with pytest.raises(error):
        loose(tmp_path, data).get(NAME)


@pytest.mark.parametrize("name", [b"../../etc/passwd", b"", b"zz" * 20, b"ab"])
def test_names_that_are_none(tmp_path, name):
    with pytest.raises(ObjectError):
        Objects(tmp_path, 1000).get(name)


def packed(*rows):
    """A pack of whole blobs, each given as (declared size, data)."""
    out = b"PACK" + (2).to_bytes(4, "big") + len(rows).to_bytes(4, "big")
    for size, data in rows:
        byte, rest = 0x30 | size & 15, size >> 4
        head = bytearray()
        while rest:
            head.append(byte | 0x80)
            byte, rest = rest & 0x7F, rest >> 7
        head.append(byte)
        out += bytes(head) + zlib.compress(data)
    return out + bytes(20)


def test_a_stream_is_weighed_before_it_is_indexed():
    check_stream(packed((3, b"abc"), (900, bytes(900))), 1000, 2000)
    with pytest.raises(LargeObjectError):
        check_stream(packed((5000, bytes(5000))), 1000, 9000)
    with pytest.raises(LargeObjectError):
        check_stream(packed(*[(900, bytes(900))] * 5), 1000, 2000)
    with pytest.raises(ObjectError):
        check_stream(packed((3, bytes(1 << 20))), 1000, 2000)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_as_a_pack(data):
    for pack in (data, b"PACK\0\0\0\2\0\0\0\3" + data):
        with pytest.raises(ObjectError):
            check_stream(pack, 1000, 2000)
