"""Compound files (MS-CFB): a small file system in one file, which Outlook keeps a message in.

Read only, over the bytes at hand. Every chain ends after as many sectors as the file has, every tree after as
many entries; what is broken gives what came before.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRIES = 20_000
DEPTH = 40
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks: end of a chain, free, tables."""
_NONE = 0xFFFFFFFF


class CompoundError(Exception):
    """The file is no compound file, or its tables cannot be read. The text is one English phrase."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A storage or a stream."""

    name: str
    is_storage: bool
    start: int
    size: int
    children: "dict[str, Entry]" = field(default_factory=dict)
    """Of a storage: by name, as written."""


class Compound:
    """A compound file whose tables were read."""

    def __init__(self, data: bytes) -> None:
        """Read the tables.

        Raises:
            CompoundError: not a compound file, or broken in its tables.
        """
        if len(data) < 1536 or not data.startswith(SIGNATURE):
            raise CompoundError("it is shorter than its header")
        self._data = data
        version, _, shift, mini_shift = struct.unpack_from("<HHHH", data, 26)
        if shift not in (9, 12) or mini_shift != 6:
            raise CompoundError("its sectors have a size that does not exist")
        self._wide = version >= 4
        self._sector = 1 << shift
        self._count = max(0, (len(data) + self._sector - 1) // self._sector - 1)
        first_directory, _, self._cutoff, first_mini, _, first_more, _ = struct.unpack_from("<IIIIIII", data, 48)
        self._fat = self._table(first_more)
        self._mini_fat = _words(b"".join(self._sectors(first_mini)))
        self._entries = b"".join(self._sectors(first_directory))[: ENTRIES * 128]
        if len(self._entries) < 128:
            raise CompoundError("it has no directory")
        top = self._entry(0)
        self._mini = b"".join(self._sectors(top.start))[: top.size] if top.size else b""
        self.root = self._filled(top, 0, {0}, 0)

    def read(self, entry: Entry, limit: int) -> bytes:
        """Return a stream's content; empty when it is larger than `limit`."""
        if entry.is_storage or entry.size > limit:
            return b""
        if entry.size >= self._cutoff:
            out = b"".join(self._sectors(entry.start, entry.size // self._sector + 1))
        else:
            out = b"".join(self._mini_sectors(entry.start, entry.size // 64 + 1))
        return out[: entry.size]

    def _table(self, more: int) -> "array[int]":
        listed = list(struct.unpack_from("<109I", self._data, 76))
        for _ in range(self._count):
            if more >= _END:
                break
            block = _words(self._at(more))
            if len(block) < 2:
                break
            listed += block[:-1]
            more = block[-1]
        wanted = dict.fromkeys(sector for sector in listed if sector < _END)
        return _words(b"".join(self._at(sector) for sector in wanted))

    def _at(self, sector: int) -> bytes:
        begin = (sector + 1) * self._sector
        return self._data[begin : begin + self._sector]

    def _sectors(self, start: int, most: int = 1 << 40) -> Iterator[bytes]:
        sector = start
        for _ in range(min(self._count + 1, most)):
            if sector >= _END or sector >= self._count:
                return
            yield self._at(sector)
            sector = self._fat[sector] if sector < len(self._fat) else _NONE

    def _mini_sectors(self, start: int, most: int) -> Iterator[bytes]:
        sector = start
        for _ in range(min(len(self._mini_fat) + 1, most)):
            if sector >= _END or sector * 64 >= len(self._mini):
                return
            yield self._mini[sector * 64 : sector * 64 + 64]
            sector = self._mini_fat[sector] if sector < len(self._mini_fat) else _NONE

    def _entry(self, number: int) -> Entry:
        raw = self._entries[number * 128 : number * 128 + 128]
        length, kind = struct.unpack_from("<HB", raw, 64)
        start, low, high = struct.unpack_from("<III", raw, 116)
        name = raw[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        return Entry(name, kind in (1, 5), start, low + (high << 32 if self._wide else 0))

    def _filled(self, entry: Entry, number: int, seen: set[int], depth: int) -> Entry:
        """Add an entry's children: the nodes of the tree that hangs on it, each once."""
        if not entry.is_storage or depth > DEPTH:
            return entry
        waiting = [struct.unpack_from("<I", self._entries, number * 128 + 76)[0]]
        while waiting:
            child = waiting.pop()
            if child in seen or (child + 1) * 128 > len(self._entries):
                continue
            seen.add(child)
            found = self._filled(self._entry(child), child, seen, depth + 1)
            entry.children.setdefault(found.name, found)
            left, right = struct.unpack_from("<II", self._entries, child * 128 + 68)
            waiting += [right, left]
        return entry


def _words(data: bytes) -> "array[int]":
    out = array("I")
    if out.itemsize != 4:  # pragma: no cover - nowhere that Python runs today
        return array("L", struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))
    out.frombytes(data[: len(data) // 4 * 4])
    return out
