"""Reading the names and texts out of marshalled code objects, without ever loading one.

`marshal` is CPython's own format for compiled code: a tree of objects, each a type byte and its content
(`Python/marshal.c`). Only what a reader wants to see is taken: strings, names, bytes. Code objects differ between
versions in their leading integers, so the fields are not told apart: every object that follows is read as such. What
does not fit ends the reading, and what was found until then is kept.
"""

import bz2
import lzma
import struct
import zlib
from dataclasses import dataclass, field

from lazaretto.parse import py_decode

OBJECTS = 20_000
DEPTH = 60
TEXT_BYTES = 1 << 20
_INTS = ((6, 24), (5, 20), (4, 16), (3, 12))
"""Numbers of leading 32-bit integers of a code object by version: 3.8-3.10, 3.11 and later, 3.0-3.7, 2.x."""


@dataclass(slots=True)
class CodeTexts:
    """What a code object holds that can be read."""

    strings: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """Strings that are identifiers."""
    data: list[bytes] = field(default_factory=list)
    """Byte strings of 32 bytes and more, apart from the instructions."""


class _End(Exception):  # noqa: N818 - control flow
    pass


def read(data: bytes) -> CodeTexts | None:
    """Return the texts of a marshalled code object; None when the bytes are none."""
    for skip in (0, 16, 12, 8):  # with the header of a .pyc, too
        if data[skip : skip + 1] in {b"\xe3", b"c"}:
            best: CodeTexts | None = None
            for count, size in _INTS:
                reader = _Reader(data, skip + 1 + size)
                reader.run(count)
                if best is None or len(reader.found.strings) > len(best.strings):
                    best = reader.found
            return best if best is not None and best.strings else None
    return None


def unpacked(data: bytes) -> str:
    """Return the text that a compressed byte string holds, or an empty text."""
    for function in (py_decode.inflate, lambda d: bz2.BZ2Decompressor().decompress(d, TEXT_BYTES), _lzma):
        try:
            text = function(data)
            return text.decode("utf-8") if text else ""
        except (ValueError, OSError, EOFError, zlib.error, lzma.LZMAError, MemoryError):
            continue
    return ""


def _lzma(data: bytes) -> bytes:
    return lzma.LZMADecompressor(memlimit=64 << 20).decompress(data, TEXT_BYTES)


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at
        self.found = CodeTexts()
        self.count = 0

    def run(self, ints: int) -> None:
        del ints
        try:
            while self.at < len(self.data):
                self.one(0)
        except (_End, struct.error, IndexError):
            pass

    def number(self, size: int) -> int:
        if self.at + size > len(self.data):
            raise _End
        value = int.from_bytes(self.data[self.at : self.at + size], "little", signed=size == 4)
        self.at += size
        return value

    def take(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.data):
            raise _End
        value = self.data[self.at : self.at + size]
        self.at += size
        return value

    def one(self, depth: int) -> None:
        self.count += 1
        if self.count > OBJECTS or depth > DEPTH:
            raise _End
        kind = chr(self.number(1) & 0x7F)
        if kind in "NTF.S0":
            return
        if kind in "ir":
            self.number(4)
        elif kind == "g":
            self.take(8)
        elif kind == "y":
            self.take(16)
        elif kind == "l":
            self.take(abs(self.number(4)) * 2)
        elif kind in "zZ":
            self.text(self.take(self.number(1)).decode("latin-1"))
        elif kind in "aAut":
            self.text(self.take(self.number(4)).decode("utf-8", "replace"))
        elif kind == "s":
            content = self.take(self.number(4))
            if len(content) >= 32 and depth:
                self.found.data.append(content)
            elif content.isascii() and len(content) > 3:
                self.text(content.decode("ascii"))
        elif kind in ")(" or kind in "[<>":
            size = self.number(1) if kind == ")" else self.number(4)
            if not 0 <= size <= OBJECTS:
                raise _End
            for _ in range(size):
                self.one(depth + 1)
        elif kind == "{":
            while self.data[self.at : self.at + 1] != b"0":
                self.one(depth + 1)
        elif kind == "c":
            self.code(depth)
        else:
            raise _End

    def code(self, depth: int) -> None:
        # The instructions follow the integers as a byte string: the version is the one where such a string lies.
        for _count, size in _INTS:
            if self.data[self.at + size : self.at + size + 1] in {b"s", b"\xf3"}:
                self.at += size
                break
        else:
            raise _End
        del depth

    def text(self, text: str) -> None:
        if len(self.found.strings) >= OBJECTS:
            raise _End
        self.found.strings.append(text)
        if text.isidentifier():
            self.found.names.add(text)


__all__ = ["CodeTexts", "read", "unpacked"]
