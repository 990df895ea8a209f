"""Records of the zip format and the compression methods behind its members.

Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 (records), 4.5.3 (zip64), 5.8.8 (LZMA).
"""

import bz2
import lzma
import struct
from dataclasses import dataclass

from lazaretto.parse.archive_streams import Deflate

END = struct.Struct("<4s4H2LH")
END64_LOCATOR = struct.Struct("<4sLQL")
END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
METHODS = {0: "stored", 8: "deflate", 12: "bzip2", 14: "lzma"}


@dataclass(slots=True)
class Header:
    """What a central or local header says of one member."""

    flags: int
    method: int
    crc: int
    packed: int
    size: int
    name: bytes
    extra: bytes
    mode: int = 0
    offset: int = 0


def decompressor(method: int) -> "Deflate | bz2.BZ2Decompressor | _ZipLzma | None":
    """Return a decompressor for a method of `METHODS`; None for stored data."""
    if method == 8:
        return Deflate()
    if method == 12:
        return bz2.BZ2Decompressor()
    return _ZipLzma() if method == 14 else None


class _ZipLzma:
    """Zip's own wrapping of raw LZMA (APPNOTE 5.8.8): version, size of properties, properties, stream."""

    def __init__(self) -> None:
        self._inner: lzma.LZMADecompressor | None = None
        self._head = b""

    @property
    def eof(self) -> bool:
        return self._inner is not None and self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._inner is None or self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data if self._inner is not None else b""

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        if self._inner is None:
            self._head += data
            if len(self._head) < 9:
                return b""
            size = int.from_bytes(self._head[2:4], "little")
            if size != 5:
                raise lzma.LZMAError("odd LZMA properties")
            properties, data = self._head[4:9], self._head[9:]
            if int.from_bytes(properties[1:5], "little") > 128 << 20:
                raise lzma.LZMAError("wants too much memory")
            lc, rest = properties[0] % 9, properties[0] // 9
            self._inner = lzma.LZMADecompressor(
                lzma.FORMAT_RAW,
                filters=[
                    {
                        "id": lzma.FILTER_LZMA1,
                        "dict_size": max(int.from_bytes(properties[1:5], "little"), 4096),
                        "lc": lc,
                        "lp": rest % 5,
                        "pb": rest // 5,
                    }
                ],
            )
        return self._inner.decompress(data, max_length)


def central(directory: bytes, at: int) -> Header:
    """Read the central directory record at an offset, zip64 sizes included."""
    (_, made_by, _, flags, method, _, _, crc, packed, size, name_length, extra_length, _, _, _, attributes, offset) = (
        _CENTRAL.unpack_from(directory, at)
    )
    name = directory[at + 46 : at + 46 + name_length]
    extra = directory[at + 46 + name_length : at + 46 + name_length + extra_length]
    if 0xFFFFFFFF in (packed, size, offset):
        wide, here = extra_field(extra, 1), 0
        values = []
        for value in (size, packed, offset):
            if value == 0xFFFFFFFF and here + 8 <= len(wide):
                value = int.from_bytes(wide[here : here + 8], "little")
                here += 8
            values.append(value)
        size, packed, offset = values
    mode = attributes >> 16 if made_by >> 8 in (3, 19) else 0
    return Header(flags, method, crc, packed, size, name, extra, mode, offset)


def local(raw: bytes) -> Header:
    """Read the fixed part of a local header; its name and extra fields stay empty."""
    _, _, flags, method, _, _, crc, packed, size, _, _ = _LOCAL.unpack(raw)
    return Header(flags, method, crc, packed, size, b"", b"")


def extra_field(extra: bytes, wanted: int) -> bytes:
    """Return the payload of one extra field, empty when it is not there."""
    at = 0
    while at + 4 <= len(extra):
        field, length = struct.unpack_from("<2H", extra, at)
        if field == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return b""
