"""Compound files and packed messages, written for tests: as small as the formats allow, nothing in them but what is given."""

import struct
from collections.abc import Mapping

FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Tree = Mapping[str, "bytes | Tree"]


def compound(tree: Tree) -> bytes:
    """Write a compound file with 512 byte sectors; siblings hang on each other's right."""
    streams: list[tuple[int, bytes]] = []
    entries: list[list[object]] = []  # name, kind, right, child, start, size

    def add(name: str, content: "bytes | Tree", kind: int) -> int:
        number = len(entries)
        entries.append([name, kind, FREE, FREE, 0, 0])
        if isinstance(content, bytes):
            entries[number][5] = len(content)
            streams.append((number, content))
            return number
        last = -1
        for child, inside in content.items():
            found = add(child, inside, 2 if isinstance(inside, bytes) else 1)
            if last < 0:
                entries[number][3] = found
            else:
                entries[last][2] = found
            last = found
        return number

    add("Root Entry", tree, 5)
    mini, mini_fat, sectors, fat = bytearray(), [], [], []

    def chain(data: bytes) -> int:
        first = len(sectors)
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        for number, piece in enumerate(pieces):
            sectors.append(piece)
            fat.append(first + number + 1 if number + 1 < len(pieces) else END)
        return first if pieces else END

    for number, content in streams:
        if len(content) < 4096:
            entries[number][4] = len(mini) // 64 if content else END
            count = (len(content) + 63) // 64
            first = len(mini_fat)
            mini_fat += [first + n + 1 if n + 1 < count else END for n in range(count)]
            mini += content.ljust(count * 64, b"\0")
        else:
            entries[number][4] = chain(content)
    entries[0][4], entries[0][5] = chain(bytes(mini)), len(mini)
    first_mini = chain(struct.pack(f"<{len(mini_fat)}I", *mini_fat)) if mini_fat else END
    directory = b""
    for name, kind, right, child, start, size in entries:
        raw = str(name).encode("utf-16-le")
        directory += (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw) + 2, kind, 1, FREE, right, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )
    first_directory = chain(directory)
    count = len(fat)
    tables = 1
    while tables * 128 < count + tables:
        tables += 1
    fat += [FAT_SECTOR] * tables
    raw_fat = struct.pack(f"<{len(fat)}I", *fat).ljust(tables * 512, b"\xff")
    listed = [count + n for n in range(tables)] + [FREE] * (109 - tables)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, first_directory, 0, 4096, first_mini, 1 if mini_fat else 0, END, 0)
    head += struct.pack("<109I", *listed)
    return head + b"".join(sectors) + raw_fat


def text(number: int, value: str) -> dict[str, bytes]:
    return {f"__substg1.0_{number:04X}001F": value.encode("utf-16-le")}


def binary(number: int, value: bytes) -> dict[str, bytes]:
    return {f"__substg1.0_{number:04X}0102": value}


def properties(skip: int, values: Mapping[int, tuple[int, int]]) -> dict[str, bytes]:
    """`values`: property to (type, number)."""
    rows = b"".join(struct.pack("<HHIQ", kind, number, 6, value) for number, (kind, value) in values.items())
    return {"__properties_version1.0": bytes(skip) + rows}


def attribute(level: int, number: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, number, 6, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def tnef(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


def packed(values: Mapping[tuple[int, int], bytes | int]) -> bytes:
    """Encode properties, (type, number) to value, as the attributes 9003 and 9005 hold them."""
    out = struct.pack("<I", len(values))
    for (kind, number), value in values.items():
        out += struct.pack("<HH", kind, number)
        if isinstance(value, int):
            out += struct.pack("<I", value)
        else:
            out += struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4)
    return out
