"""Builds tiny executables for tests: headers and tables only. The one byte of code is `ret`; nothing is ever run."""

import struct

RET = b"\xc3"


def pe(
    imports=None,
    exports=(),
    *,
    dll=False,
    sections=((".text", RET * 512),),
    signed=False,
    debug="",
    managed=False,
    tail=b"",
) -> bytes:
    """A PE32+ image. `imports` maps library names to function names; `sections` come before `.rdata` with the tables."""
    base, align = 0x1000, 0x200
    tables = bytearray(b"\0" * 16)
    address = base + 0x10000 * len(sections)
    directories = [(0, 0)] * 16

    def put(data: bytes) -> int:
        while len(tables) % 8:
            tables.append(0)
        at = len(tables)
        tables.extend(data)
        return address + at

    if imports:
        rows = b""
        for library, functions in imports.items():
            names = [put(b"\0\0" + name.encode() + b"\0") for name in functions]
            table = put(b"".join(struct.pack("<Q", name) for name in names) + b"\0" * 8)
            rows += struct.pack("<IIIII", table, 0, 0, put(library.encode() + b"\0"), table)
        directories[1] = (put(rows + b"\0" * 20), len(rows) + 20)
    if exports:
        names = [put(name.encode() + b"\0") for name in exports]
        table = put(b"".join(struct.pack("<I", name) for name in names))
        row = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, 0, 1, len(exports), len(exports), 0, table, 0)
        directories[0] = (put(row), 40)
    if managed:
        directories[14] = (put(b"\0" * 72), 72)
    parts = [*sections, (".rdata", b"")]
    header = 64 + 24 + 240 + 40 * len(parts)
    offset = -(-header // align) * align
    blobs = []
    table = b""
    where = offset
    if debug:
        raw = b"RSDS" + b"\0" * 20 + debug.encode() + b"\0"
        start = offset + sum(-(-len(data) // align) * align for _, data in sections)
        row = put(b"\0" * 28)
        data_at = put(raw)
        entry = struct.pack("<IIHHIIII", 0, 0, 0, 0, 2, len(raw), data_at, start + data_at - address)
        tables[row - address : row - address + 28] = entry
        directories[6] = (row, 28)
    parts[-1] = (".rdata", bytes(tables))
    for number, (name, data) in enumerate(parts):
        size = -(-len(data) // align) * align
        flags = 0x60000020 if number < len(sections) else 0x40000040
        table += struct.pack(
            "<8sIIIIIIHHI", name.encode(), max(len(data), 1), base + 0x10000 * number, size, where, 0, 0, 0, 0, flags
        )
        blobs.append(data.ljust(size, b"\0"))
        where += size
    if signed:
        directories[4] = (where, 64)
        tail = struct.pack("<IHH", 64, 0x200, 2) + b"\0" * 56 + tail
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20B, 14, 0, 0, 0, 0, base, base, 0x140000000, 0x1000, align,
        6, 0, 0, 0, 6, 0, 0, 0x100000, offset, 0, 3, 0, 0, 0, 0, 0, 0, 16)  # fmt: skip
    optional += b"".join(struct.pack("<II", *pair) for pair in directories)
    coff = struct.pack("<HHIIIHH", 0x8664, len(parts), 0, 0, 0, len(optional), 0x22 | (0x2000 if dll else 0))
    head = b"MZ" + b"\0" * 58 + struct.pack("<I", 64) + b"PE\0\0" + coff + optional + table
    return head.ljust(offset, b"\0") + b"".join(blobs) + tail


def elf(
    imports=(), exports=(), libraries=("libc.so.6",), *, program=False, code=RET * 64, marker=b"", tail=b""
) -> bytes:
    """An ELF64 shared object or program without section headers, as stripped files are."""
    strings = bytearray(b"\0")

    def name(text: str) -> int:
        at = len(strings)
        strings.extend(text.encode() + b"\0")
        return at

    wanted = [name(library) for library in libraries]
    symbols = b"\0" * 24
    for text in imports:
        symbols += struct.pack("<IBBHQQ", name(text), 0x12, 0, 0, 0, 0)
    for text in exports:
        symbols += struct.pack("<IBBHQQ", name(text), 0x12, 0, 1, 0x1000, 1)
    count = 1 + len(imports) + len(exports)
    phnum = 3 if program else 2
    at = 64 + 56 * phnum + len(marker)
    at_symbols = at
    at_hash = at_symbols + len(symbols)
    hashes = struct.pack("<II", 1, count) + b"\0" * (4 + 4 * count)
    at_strings = at_hash + len(hashes)
    at_dynamic = -(-(at_strings + len(strings)) // 8) * 8
    tags = [(1, place) for place in wanted]
    tags += [(4, at_hash), (5, at_strings), (6, at_symbols), (10, len(strings)), (0, 0)]
    dynamic = b"".join(struct.pack("<qQ", *tag) for tag in tags)
    at_code = at_dynamic + len(dynamic)
    size = at_code + len(code)
    headers = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, size, size, 0x1000)
    headers += struct.pack("<IIQQQQQQ", 2, 6, at_dynamic, at_dynamic, 0, len(dynamic), len(dynamic), 8)
    if program:
        headers += struct.pack("<IIQQQQQQ", 3, 4, 0, 0, 0, 1, 1, 1)
    head = b"\x7fELF\2\1\1" + b"\0" * 9
    head += struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, at_code, 64, 0, 0, 64, 56, phnum, 64, 0, 0)
    body = head + headers + marker + symbols + hashes + bytes(strings)
    return body.ljust(at_dynamic, b"\0") + dynamic + code + tail


def macho(exports=(), libraries=("/usr/lib/libSystem.B.dylib",), *, program=False, signed=False) -> bytes:
    """A thin 64-bit Mach-O bundle or program."""
    strings = b"\0"
    symbols = b""
    for text in exports:
        symbols += struct.pack("<IBBHQ", len(strings), 0x0F, 1, 0, 0)
        strings += b"_" + text.encode() + b"\0"
    commands = []
    for library in libraries:
        text = library.encode().ljust(-(-(len(library) + 1) // 8) * 8, b"\0")
        commands.append(struct.pack("<IIIIII", 0xC, 24 + len(text), 24, 0, 0, 0) + text)
    section = struct.pack("<16s16sQQIIIIIIII", b"__text", b"__TEXT", 0, 1, 0, 0, 0, 0, 0x80000400, 0, 0, 0)
    segment = struct.pack("<II16sQQQQIIII", 0x19, 72 + len(section), b"__TEXT", 0, 4096, 0, 0, 5, 5, 1, 0)
    commands.append(segment + section)
    size = sum(map(len, commands)) + 24 + (16 if signed else 0)
    at = 32 + size
    commands.append(struct.pack("<IIIIII", 2, 24, at, len(exports), at + len(symbols), len(strings)))
    if signed:
        commands.append(struct.pack("<IIII", 0x1D, 16, at + len(symbols) + len(strings), 32))
    kind = 2 if program else 8
    head = struct.pack("<IIIIIIII", 0xFEEDFACF, 0x100000C, 0, kind, len(commands), size, 0, 0)
    return head + b"".join(commands) + symbols + strings + b"\0" * (32 if signed else 0)


def lnk(target="", arguments="", *, hidden=False) -> bytes:
    """A Windows shortcut with a relative path and arguments."""
    flags = 8 | 128 | (32 if arguments else 0)
    head = b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" + struct.pack("<II", flags, 0) + b"\0" * 28
    head += struct.pack("<II", 0, 7 if hidden else 1) + b"\0" * 12
    body = b""
    for text in (target, arguments) if arguments else (target,):
        body += struct.pack("<H", len(text)) + text.encode("utf-16-le")
    return head + body
