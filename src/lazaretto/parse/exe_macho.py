"""Mach-O, thin or fat: load commands, sections, wanted libraries, symbols, code signature.

Of a fat file the first image is read, and `signed` is that of this image. Source: Apple, `mach-o/loader.h`, `nlist.h`.
"""

import struct

from lazaretto.parse.exe_facts import LIBRARIES, NAMES, SECTIONS, Cursor, Format, Image, Section

_MACHINES = {7: "x86", 0x1000007: "x86-64", 12: "arm", 0x100000C: "arm64", 18: "ppc", 0x1000012: "ppc64"}
_THIN = {b"\xcf\xfa\xed\xfe": "<", b"\xce\xfa\xed\xfe": "<", b"\xfe\xed\xfa\xcf": ">", b"\xfe\xed\xfa\xce": ">"}
_FAT = (b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")
_EXECUTE, _LIBRARY = 2, frozenset({6, 8, 9})
_SEGMENT, _SEGMENT_64, _SYMTAB, _SIGNATURE = 0x1, 0x19, 0x2, 0x1D
_DYLIBS = frozenset({0xC, 0x18, 0x1F, 0x20, 0x23})


def is_macho(data: bytes) -> bool:
    """Tell Mach-O from a Java class, which shares the fat magic: fat files hold few images, classes a version."""
    return data[:4] in _THIN or (data[:4] in _FAT and 0 < int.from_bytes(data[4:8], "big") < 20)


class _Reader:
    def __init__(self, data: bytes, start: int, order: str, *, wide: bool) -> None:
        self.at = Cursor(data, order, start)
        self.size = len(data)
        self.start = start
        self.wide = wide
        self.cut = False
        self.signed = False
        self.libraries: list[str] = []
        self.sections: list[Section] = []
        self.imports: list[str] = []
        self.exports: list[str] = []
        self.end = 0
        self.machine, _, self.type, self.commands, _ = self.at.get("IIIII", 4)

    def read(self) -> None:
        place = 32 if self.wide else 28
        for _ in range(min(self.commands, 512)):
            command, length = self.at.get("II", place)
            command &= 0x7FFFFFFF
            if command in _DYLIBS and len(self.libraries) < LIBRARIES:
                self.libraries.append(self.at.text(place + self.at.get("I", place + 8)[0]))
            elif command in {_SEGMENT, _SEGMENT_64}:
                self._segment(place, wide=command == _SEGMENT_64)
            elif command == _SYMTAB:
                self._symbols(*self.at.get("IIII", place + 8))
            elif command == _SIGNATURE:
                offset, size = self.at.get("II", place + 8)
                self.signed = size > 8
                self.end = max(self.end, offset + size)
            if length < 8:
                raise struct.error("load command without a length")
            place += length

    def _segment(self, place: int, *, wide: bool) -> None:
        offset, size = self.at.get("QQ", place + 40) if wide else self.at.get("II", place + 32)
        (count,) = self.at.get("I", place + (64 if wide else 48))
        self.end = max(self.end, offset + size)
        row = place + (72 if wide else 56)
        for _ in range(min(count, SECTIONS - len(self.sections))):
            name = self.at.data[self.start + row : self.start + row + 16].rstrip(b"\0").decode("latin-1")
            length, where = self.at.get("QI", row + 40) if wide else self.at.get("II", row + 36)
            (flags,) = self.at.get("I", row + (64 if wide else 56))
            where += self.start
            length = 0 if flags & 0xFF in {1, 12, 18} else max(0, min(length, self.size - where))
            self.sections.append(Section(name, where, length, executable=bool(flags & 0x80000400)))
            row += 80 if wide else 68

    def _symbols(self, table: int, count: int, strings: int, _size: int) -> None:
        width = 16 if self.wide else 12
        self.cut = self.cut or count > 4 * NAMES
        for number in range(min(count, 4 * NAMES)):
            name, kind, section = self.at.get("IBB", table + width * number)
            if kind & 0xE0 or not kind & 1:  # debugging entries, and names that stay inside
                continue
            group = self.exports if section else self.imports
            if len(group) < NAMES:
                group.append(self.at.text(strings + name).removeprefix("_"))


def read(data: bytes) -> Image:
    """Read a Mach-O file.

    Raises:
        struct.error: not even its header is whole.
    """
    start = 0
    if data[:4] in _FAT:
        fat = Cursor(data, ">")
        start = fat.get("Q", 16)[0] if data[3:4] == b"\xbf" else fat.get("I", 16)[0]
    magic = data[start : start + 4]
    if magic not in _THIN:
        raise struct.error("no image where the fat header says")
    order = _THIN[magic]
    reader = _Reader(data, start, order, wide=0xCF in magic)
    try:
        reader.read()
    except struct.error:
        reader.cut = True
    return Image(
        Format.MACHO,
        _MACHINES.get(reader.machine, f"{reader.machine:#x}"),
        library=reader.type in _LIBRARY,
        libraries=tuple(reader.libraries),
        imports=tuple(reader.imports),
        exports=tuple(reader.exports),
        sections=tuple(reader.sections),
        signed=reader.signed,
        overlay=max(0, len(data) - start - reader.end) if not start else 0,
        cut=reader.cut,
    )
