"""Portable Executable: headers, sections, imports, exports, signature, debug path.

Source: Microsoft, "PE Format" (COFF file header, optional header data directories, import and export tables).
"""

import struct

from lazaretto.parse.exe_facts import LIBRARIES, NAMES, SECTIONS, Cursor, Format, Image, Section

_MACHINES = {0x14C: "x86", 0x8664: "x86-64", 0xAA64: "arm64", 0x1C4: "arm", 0x1C0: "arm"}
_DLL = 0x2000
_CODE, _EXECUTE = 0x20, 0x20000000
_EXPORT, _IMPORT, _SECURITY, _DEBUG, _DELAY, _CLR = 0, 1, 4, 6, 13, 14


def is_pe(data: bytes) -> bool:
    """Tell whether the bytes have a DOS header that leads to a PE header (text that begins with `MZ` has not)."""
    if not data.startswith(b"MZ") or len(data) < 64:
        return False
    at = int.from_bytes(data[60:64], "little")
    return data[at : at + 4] == b"PE\0\0"


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.at = Cursor(data)
        self.size = len(data)
        self.cut = False
        (self.head,) = self.at.get("I", 60)
        self.machine, count = self.at.get("HH", self.head + 4)
        optional, self.flags = self.at.get("HH", self.head + 20)
        start = self.head + 24
        (magic,) = self.at.get("H", start)
        self.wide = magic == 0x20B
        (directories,) = self.at.get("I", start + (108 if self.wide else 92))
        self.directories = [
            self._pair(start + (112 if self.wide else 96) + 8 * number) if number < directories else (0, 0)
            for number in range(16)
        ]
        self.sections: list[tuple[int, int, Section]] = []
        self.near = (0, 0, 0)
        """First address, end and shift of the section that was asked for last: names lie together."""
        for number in range(min(count, SECTIONS)):
            try:
                self._section(start + optional + 40 * number)
            except struct.error:
                self.cut = True
                break
        self.cut = self.cut or count > SECTIONS

    def _pair(self, place: int) -> tuple[int, int]:
        first, second = self.at.get("II", place)
        return first, second

    def _section(self, place: int) -> None:
        memory, address, size, offset = self.at.get("IIII", place + 8)
        (flags,) = self.at.get("I", place + 36)
        name = self.at.data[place : place + 8].rstrip(b"\0").decode("latin-1")
        size = max(0, min(size, self.size - offset))
        self.sections.append(
            (address, max(memory, size), Section(name, offset, size, executable=bool(flags & (_CODE | _EXECUTE))))
        )

    def place(self, address: int) -> int:
        """Turn an address of the loaded image into a place in the file."""
        first, end, shift = self.near
        if first <= address < end:
            return address + shift
        for start, length, section in self.sections:
            if start <= address < start + length:
                if address - start >= section.size:
                    break
                self.near = (start, start + min(length, section.size), section.offset - start)
                return address - start + section.offset
        raise struct.error("address outside the file")

    def imports(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        libraries: list[str] = []
        functions: list[str] = []
        for directory, width, name_at, table_at in ((_IMPORT, 20, 12, 0), (_DELAY, 32, 4, 16)):
            address = self.directories[directory][0]
            if not address:
                continue
            try:
                row = self.place(address)
                for _ in range(LIBRARIES):
                    (name,) = self.at.get("I", row + name_at)
                    if not name:
                        break
                    libraries.append(self.at.text(self.place(name)))
                    (table,) = self.at.get("I", row + table_at)
                    if directory == _IMPORT and not table:
                        (table,) = self.at.get("I", row + 16)
                    self._functions(self.place(table), functions)
                    row += width
                else:
                    self.cut = True
            except struct.error:
                self.cut = True
        return tuple(libraries), tuple(functions)

    def _functions(self, place: int, functions: list[str]) -> None:
        kind, width, by_number = ("Q", 8, 1 << 63) if self.wide else ("I", 4, 1 << 31)
        while len(functions) < NAMES:
            (entry,) = self.at.get(kind, place)
            if not entry:
                return
            if not entry & by_number:
                functions.append(self.at.text(self.place(entry) + 2))
            else:
                functions.append(f"#{entry & 0xFFFF}")
            place += width
        self.cut = True

    def exports(self) -> tuple[str, ...]:
        address = self.directories[_EXPORT][0]
        names: list[str] = []
        if not address:
            return ()
        try:
            count, _, table = self.at.get("III", self.place(address) + 24)
            table = self.at.get("I", self.place(address) + 32)[0]
            where = self.place(table) if count else 0
            numbers = range(min(count, NAMES))
            names.extend(self.at.text(self.place(self.at.get("I", where + 4 * number)[0])) for number in numbers)
            self.cut = self.cut or count > NAMES
        except struct.error:
            self.cut = True
        return tuple(names)

    def signature(self) -> int:
        """Return the length of the signature table (its directory holds a place in the file, not an address)."""
        offset, size = self.directories[_SECURITY]
        return size if offset and 8 < size <= self.size - offset else 0

    def debug_path(self) -> str:
        address, size = self.directories[_DEBUG]
        if not address:
            return ""
        try:
            row = self.place(address)
            for number in range(min(size // 28, 16)):
                kind, _, _, offset = self.at.get("IIII", row + 28 * number + 12)
                if kind == 2 and self.at.data[offset : offset + 4] == b"RSDS":
                    return self.at.text(offset + 24)
        except struct.error:
            self.cut = True
        return ""


def read(data: bytes) -> Image:
    """Read a PE file.

    Raises:
        struct.error: not even its headers are whole.
    """
    reader = _Reader(data)
    libraries, functions = reader.imports()
    exports = reader.exports()
    debug_path = reader.debug_path()
    signature = reader.signature()
    sections = tuple(section for _, _, section in reader.sections)
    end = max((section.offset + section.size for section in sections), default=len(data))
    return Image(
        Format.PE,
        _MACHINES.get(reader.machine, f"{reader.machine:#x}"),
        library=bool(reader.flags & _DLL),
        libraries=libraries,
        imports=functions,
        exports=exports,
        sections=sections,
        signed=signature > 0,
        managed=reader.directories[_CLR][0] > 0,
        overlay=max(0, len(data) - end - signature),
        debug_path=debug_path,
        cut=reader.cut,
    )
