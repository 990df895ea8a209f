"""Decoders that malware uses to hide constants, as pure and bounded functions.

Each takes folded constants and returns a folded constant, or `UNSET` when the input does not fit. Nothing is
executed, nothing is loaded (`marshal` data stay bytes), and no result is longer than `MAX_BYTES`.
"""

import base64
import binascii
import bz2
import codecs
import lzma
import warnings
import zlib
from collections.abc import Callable

from lazaretto.parse.py_values import UNSET, Const

MAX_BYTES = 2 << 20
"""Longest folded text, in bytes or characters."""

_TEXT_CODECS = {
    "utf8",
    "utf-8",
    "ascii",
    "latin1",
    "latin-1",
    "utf_8",
    "utf-16",
    "utf16",
    "cp1252",
    "utf-16-le",
    "utf-16le",
}
_ROT13 = {"rot13", "rot_13", "rot-13"}
_HEX = {"hex", "hex_codec"}
_B64 = {"base64", "base64_codec"}
_ZLIB = {"zlib", "zip", "zlib_codec"}


def as_bytes(value: Const) -> bytes | None:
    """Return text (ASCII or Latin-1) or bytes as bytes; None for anything else or what is too long."""
    if isinstance(value, str):
        if len(value) > MAX_BYTES:
            return None
        try:
            return value.encode("latin-1")
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes) and len(value) <= MAX_BYTES:
        return value
    if isinstance(value, list | tuple) and len(value) <= MAX_BYTES:
        try:
            return bytes(value)
        except (TypeError, ValueError):
            return None
    return None


def b64(data: bytes, altchars: bytes | None = None) -> bytes:
    """Decode base64 as Python does, padding or not."""
    data = data.strip()
    return base64.b64decode(data + b"=" * (-len(data) % 4), altchars)


def inflate(data: bytes, wbits: int = 47) -> bytes:
    """Decompress zlib, gzip (both with 47) or raw deflate (negative), never more than `MAX_BYTES`."""
    return zlib.decompressobj(wbits).decompress(data, MAX_BYTES)


def _lzma(data: bytes) -> bytes:
    return lzma.LZMADecompressor(memlimit=64 << 20).decompress(data, MAX_BYTES)


def _bz2(data: bytes) -> bytes:
    return bz2.BZ2Decompressor().decompress(data, MAX_BYTES)


_DECODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "base64.b64decode": ("base64", b64),
    "base64.standard_b64decode": ("base64", b64),
    "base64.decodebytes": ("base64", b64),
    "base64.decodestring": ("base64", b64),
    "base64.urlsafe_b64decode": ("base64", lambda data: b64(data, b"-_")),
    "base64.b32decode": ("base32", base64.b32decode),
    "base64.b16decode": ("hex", lambda data: base64.b16decode(data, casefold=True)),
    "base64.b85decode": ("base85", base64.b85decode),
    "base64.a85decode": ("base85", base64.a85decode),
    "binascii.a2b_base64": ("base64", b64),
    "binascii.unhexlify": ("hex", binascii.unhexlify),
    "binascii.a2b_hex": ("hex", binascii.unhexlify),
    "bytes.fromhex": ("hex", lambda data: bytes.fromhex(data.decode("latin-1"))),
    "bytearray.fromhex": ("hex", lambda data: bytes.fromhex(data.decode("latin-1"))),
    "zlib.decompress": ("zlib", inflate),
    "gzip.decompress": ("zlib", inflate),
    "lzma.decompress": ("lzma", _lzma),
    "bz2.decompress": ("bz2", _bz2),
}
OPAQUE_DECODERS = {
    "marshal.loads": "marshal",
    "pickle.loads": "pickle",
    "cPickle.loads": "pickle",
    "dill.loads": "pickle",
    "cloudpickle.loads": "pickle",
    "zlib.decompressobj().decompress": "zlib",
    "brotli.decompress": "zlib",
    "base58.b58decode": "base58",
}
"""Decoders whose result is never computed here: the tag is all there is."""


NAMES = frozenset(_DECODERS)
"""Dotted names of the decoders whose result is computed."""


def encode(name: str, value: Const) -> bytes:
    """Return the base64 text of constant bytes: droppers encode a command only to decode it in a shell.

    Raises:
        ValueError: the value is no text or bytes, or is too long.
    """
    data = as_bytes(value)
    if data is None:
        raise ValueError("nothing to encode")
    return base64.urlsafe_b64encode(data) if "urlsafe" in name else base64.b64encode(data)


def decoder_kind(name: str) -> str:
    """Return the kind of decoder that a dotted name is (`base64`, `zlib`, ...), or an empty text."""
    if name in _DECODERS:
        return _DECODERS[name][0]
    return OPAQUE_DECODERS.get(name, "")


def decode(name: str, value: Const) -> Const:
    """Apply the decoder of that dotted name to a constant."""
    entry = _DECODERS.get(name)
    data = as_bytes(value)
    if entry is None or data is None:
        return UNSET
    try:
        return entry[1](data)
    except (ValueError, EOFError, OSError, zlib.error, lzma.LZMAError, MemoryError):
        return UNSET


def codec(value: Const, encoding: str, *, decoding: bool) -> tuple[Const, str]:
    """Apply `.encode(encoding)`, `.decode(encoding)` or `codecs.decode`; return the result and the decoder's kind.

    The kind is empty for character sets, which hide nothing.
    """
    name = encoding.lower()
    if name in _ROT13:
        text = value if isinstance(value, str) else None
        return (codecs.encode(text, "rot13") if text is not None and len(text) <= MAX_BYTES else UNSET), "rot13"
    if name in _HEX | _B64 | _ZLIB:
        kind = "hex" if name in _HEX else "base64" if name in _B64 else "zlib"
        if not decoding:
            return UNSET, ""
        function = {"hex": "bytes.fromhex", "base64": "base64.b64decode", "zlib": "zlib.decompress"}[kind]
        return decode(function, value), kind
    if name in {"unicode_escape", "unicode-escape", "string_escape", "raw_unicode_escape"} and decoding:
        data = as_bytes(value)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an unknown escape stays as it is written
                return (data.decode("unicode_escape") if data is not None else UNSET), "escape"
        except UnicodeDecodeError:
            return UNSET, "escape"
    if name not in _TEXT_CODECS:
        return UNSET, ""
    try:
        if decoding and isinstance(value, bytes):
            return value.decode(name, "replace"), ""
        if not decoding and isinstance(value, str):
            return value.encode(name, "replace"), ""
    except (UnicodeError, LookupError):
        pass
    return UNSET, ""
