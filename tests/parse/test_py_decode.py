"""Decoders: bounded, and never raising."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse import py_decode
from lazaretto.parse.py_values import UNSET


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("base64.b64decode", "YWI", b"ab"),
        ("base64.urlsafe_b64decode", b"__8=", b"\xff\xff"),
        ("base64.b32decode", "MFRA====", b"ab"),
        ("binascii.unhexlify", "6162", b"ab"),
        ("bytes.fromhex", "61 62", b"ab"),
        ("zlib.decompress", zlib.compress(b"ab"), b"ab"),
        ("base64.b85decode", base64.b85encode(b"ab"), b"ab"),
        ("bytes.fromhex", "zz", UNSET),
        ("zlib.decompress", b"nonsense", UNSET),
        ("marshal.loads", b"data", UNSET),
    ],
)
def test_decode(name, value, result):
    assert py_decode.decode(name, value) == result


def test_a_bomb_is_cut():
    bomb = zlib.compress(b"\0" * (50 << 20))
    result = py_decode.decode("zlib.decompress", bomb)
    assert isinstance(result, bytes)
    assert len(result) <= py_decode.MAX_BYTES


@given(
    st.sampled_from(["base64.b64decode", "base64.b85decode", "lzma.decompress", "bz2.decompress", "gzip.decompress"]),
    st.binary(),
)
def test_any_bytes(name, data):
    assert py_decode.decode(name, data) is UNSET or isinstance(py_decode.decode(name, data), bytes)


@given(
    st.sampled_from(["rot13", "hex", "base64", "zlib", "unicode_escape", "utf-16", "nonsense", "undefined", "idna"]),
    st.one_of(st.text(), st.binary()),
    st.booleans(),
)
def test_any_codec(encoding, value, decoding):
    py_decode.codec(value, encoding, decoding=decoding)
