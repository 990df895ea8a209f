"""What is read of a compiled program, whatever its format: an `Image`, and the bounded reader of bytes that all use.

Only headers, import, export and section tables are read. Nothing is disassembled, mapped or run. Every table has a
bound; when one is reached, or a table points outside the file, `Image.cut` says so.
"""

import struct
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from math import log2

NAMES = 4096
"""Imported, and exported, names that are read of one image."""
LIBRARIES = 256
SECTIONS = 96
NAME_BYTES = 512
SAMPLE = 32 << 10
"""Bytes of a section that its entropy is taken from."""


class Format(StrEnum):
    """The container of the program."""

    ELF = "ELF"
    PE = "PE"
    MACHO = "Mach-O"
    CLASS = "Java class"
    SHORTCUT = "Windows shortcut"
    OLE = "OLE container"


COMPILED = frozenset({Format.ELF, Format.PE, Format.MACHO})
"""Machine code with headers of its own."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the file that is loaded."""

    name: str
    offset: int
    """Place in the file, bytes."""
    size: int
    """Length in the file, bytes; 0 for memory that is only reserved."""
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """Headers and tables of one program. Empty tuples mean that there is none, or that it could not be read (`cut`)."""

    format: Format
    machine: str = ""
    """`x86-64`, `arm64`, ... or the number in hexadecimal."""
    library: bool = False
    """True for something that is loaded (.dll, .so, .dylib), False for something that is started."""
    libraries: tuple[str, ...] = ()
    """Libraries it wants, as written."""
    imports: tuple[str, ...] = ()
    """Functions it wants from them, at most `NAMES`."""
    exports: tuple[str, ...] = ()
    """Names that it offers, at most `NAMES`."""
    sections: tuple[Section, ...] = ()
    signed: bool = False
    """A signature is *present*; whether it is valid was not asked."""
    managed: bool = False
    """A .NET assembly."""
    overlay: int = 0
    """Bytes behind everything that the headers describe, signature not counted."""
    debug_path: str = ""
    """Where the linker left its debugging data (PE only): a path of the machine that built it."""
    cut: bool = False


class Cursor:
    """Reads numbers and names of a byte string at any place. Outside of it everything raises `struct.error`."""

    def __init__(self, data: bytes, order: str = "<", start: int = 0) -> None:
        """`order` is `<` or `>` as in `struct`; places are counted from `start`."""
        self.data = data
        self.order = order
        self.start = start

    def get(self, fields: str, at: int) -> tuple[int, ...]:
        """Unpack `fields` (a `struct` format without its order) at a place."""
        if not 0 <= self.start + at <= len(self.data):
            raise struct.error("place outside the file")
        found: tuple[int, ...] = struct.unpack_from(self.order + fields, self.data, self.start + at)
        return found

    def text(self, at: int) -> str:
        """Return the NUL-ended name at a place, at most `NAME_BYTES` long."""
        if not 0 <= self.start + at < len(self.data):
            raise struct.error("name outside the file")
        at += self.start
        end = self.data.find(b"\0", at, at + NAME_BYTES)
        return self.data[at : end if end >= 0 else at + NAME_BYTES].decode("utf-8", "replace")


def entropy(data: bytes) -> float:
    """Return the entropy of at most `SAMPLE` bytes from the middle, in bits a byte: 0.0 to 8.0."""
    if len(data) > SAMPLE:
        start = (len(data) - SAMPLE) // 2
        data = data[start : start + SAMPLE]
    if not data:
        return 0.0
    size = len(data)
    return -sum(count / size * log2(count / size) for count in Counter(data).values())
