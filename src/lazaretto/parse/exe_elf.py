"""ELF: headers, segments, wanted libraries, dynamic symbols.

The dynamic tables are found through the program headers, as the loader does: section headers may be missing or lie.
Source: System V ABI, chapters 4 and 5; `elf(5)`.
"""

import struct

from lazaretto.parse.exe_facts import LIBRARIES, NAMES, SECTIONS, Cursor, Format, Image, Section

_MACHINES = {3: "x86", 62: "x86-64", 40: "arm", 183: "arm64", 8: "mips", 21: "ppc64", 22: "s390x", 243: "riscv"}
_LOAD, _DYNAMIC, _INTERPRETER = 1, 2, 3
_NEEDED, _HASH, _STRINGS, _SYMBOLS, _STRING_BYTES, _FLAGS_1, _GNU_HASH = 1, 4, 5, 6, 10, 0x6FFFFFFB, 0x6FFFFEF5
_PIE = 0x08000000


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        self.wide = data[4:5] == b"\2"
        self.at = Cursor(data, ">" if data[5:6] == b"\2" else "<")
        self.cut = False
        self.type, self.machine = self.at.get("HH", 16)
        phoff, shoff = self.at.get("QQ", 32) if self.wide else self.at.get("II", 28)
        phsize, phnum, shsize, shnum, names = self.at.get("HHHHH", 54 if self.wide else 42)
        self.loads: list[tuple[int, int, int, int]] = []
        self.dynamic = (0, 0)
        self.interpreter = False
        for number in range(min(phnum, SECTIONS)):
            try:
                self._segment(phoff + number * phsize)
            except struct.error:
                self.cut = True
                break
        self.end = max((offset + size for offset, _, size, _ in self.loads), default=0)
        self.sections = self._sections(shoff, shsize, shnum, names)

    def _segment(self, place: int) -> None:
        if self.wide:
            kind, flags, offset, address, _, size = self.at.get("IIQQQQ", place)
        else:
            kind, offset, address, _, size, _, flags = self.at.get("IIIIIII", place)
        if kind == _LOAD:
            self.loads.append((offset, address, size, flags))
        elif kind == _DYNAMIC:
            self.dynamic = (offset, size)
        elif kind == _INTERPRETER:
            self.interpreter = True

    def _sections(self, start: int, width: int, count: int, names: int) -> tuple[Section, ...]:
        found: list[Section] = []
        if not start or not count:
            return tuple(
                Section(f"LOAD {number}", offset, max(0, min(size, self.size - offset)), executable=bool(flags & 1))
                for number, (offset, _, size, flags) in enumerate(self.loads)
            )
        self.end = max(self.end, start + width * count)
        try:
            table = self._section(start + width * names)[2]
            for number in range(min(count, SECTIONS)):
                name, flags, offset, size, kind = self._section(start + width * number)
                size = 0 if kind == 8 else max(0, min(size, self.size - offset))
                self.end = max(self.end, offset + size)
                found.append(Section(self.at.text(table + name), offset, size, executable=bool(flags & 4)))
        except struct.error:
            self.cut = True
        return tuple(found)

    def _section(self, place: int) -> tuple[int, int, int, int, int]:
        if self.wide:
            name, kind, flags, _, offset, size = self.at.get("IIQQQQ", place)
        else:
            name, kind, flags, _, offset, size = self.at.get("IIIIII", place)
        return name, flags, offset, size, kind

    def place(self, address: int) -> int:
        for offset, start, size, _ in self.loads:
            if start <= address < start + size:
                return address - start + offset
        raise struct.error("address outside the file")

    def tables(self) -> tuple[list[int], dict[int, int]]:
        """Return the places of wanted libraries' names, and the other entries of the dynamic table by tag."""
        wanted: list[int] = []
        entries: dict[int, int] = {}
        offset, size = self.dynamic
        fields, width = ("qQ", 16) if self.wide else ("iI", 8)
        for number in range(min(size // width, 1024)):
            tag, value = self.at.get(fields, offset + width * number)
            if tag == 0:
                break
            if tag == _NEEDED and len(wanted) < LIBRARIES:
                wanted.append(value)
            entries.setdefault(tag, value)
        return wanted, entries

    def symbols(self, entries: dict[int, int], strings: int) -> tuple[list[str], list[str]]:
        imports: list[str] = []
        exports: list[str] = []
        if _SYMBOLS not in entries:
            return imports, exports
        start = self.place(entries[_SYMBOLS])
        width = 24 if self.wide else 16
        for number in range(1, self._symbol_count(entries, start, width)):
            if self.wide:
                name, _, _, section = self.at.get("IBBH", start + width * number)
            else:
                name, _, _, _, _, section = self.at.get("IIIBBH", start + width * number)
            group = exports if section else imports
            if name and len(group) < NAMES:
                group.append(self.at.text(strings + name))
            elif name:
                self.cut = True
        return imports, exports

    def _symbol_count(self, entries: dict[int, int], start: int, width: int) -> int:
        """Return how many symbols to read. No entry says it: one hash table does, the other's longest chain does."""
        if _HASH in entries:
            count = self.at.get("II", self.place(entries[_HASH]))[1]
        elif _GNU_HASH in entries:
            count = self._by_gnu_hash(self.place(entries[_GNU_HASH]))
        else:
            strings = self.place(entries[_STRINGS])
            count = (strings - start) // width if strings > start else 0
        self.cut = self.cut or count > 4 * NAMES
        return min(count, 4 * NAMES)

    def _by_gnu_hash(self, table: int) -> int:
        count, first, bloom, _ = self.at.get("IIII", table)
        buckets = table + 16 + bloom * (8 if self.wide else 4)
        last = max(self.at.get(f"{min(count, 1 << 16)}I", buckets), default=0)
        if last < first:
            return first  # nothing is offered: all symbols are wanted ones
        chains = buckets + 4 * count
        while last < 4 * NAMES and not self.at.get("I", chains + 4 * (last - first))[0] & 1:
            last += 1
        return last + 1


def read(data: bytes) -> Image:
    """Read an ELF file.

    Raises:
        struct.error: not even its header is whole.
    """
    reader = _Reader(data)
    libraries: list[str] = []
    imports: list[str] = []
    exports: list[str] = []
    entries: dict[int, int] = {}
    try:
        wanted, entries = reader.tables()
        if _STRINGS in entries:
            strings = reader.place(entries[_STRINGS])
            libraries = [reader.at.text(strings + name) for name in wanted]
            imports, exports = reader.symbols(entries, strings)
    except struct.error:
        reader.cut = True
    program = reader.type == 2 or reader.interpreter or bool(entries.get(_FLAGS_1, 0) & _PIE)
    return Image(
        Format.ELF,
        _MACHINES.get(reader.machine, f"{reader.machine:#x}"),
        library=not program,
        libraries=tuple(libraries),
        imports=tuple(imports),
        exports=tuple(exports),
        sections=reader.sections,
        overlay=max(0, len(data) - reader.end),
        cut=reader.cut,
    )
