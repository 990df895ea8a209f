"""`winmail.dat` (TNEF, MS-OXTNEF): what Outlook packs a message in that other programs then cannot read.

A stream of attributes; two of them hold properties like those of a saved message. Attachments come one after another,
each begun by its rendering data.
"""

import struct
from collections.abc import Iterator

from lazaretto.model.mail import Attachment, Mail
from lazaretto.parse.mail import read as mails
from lazaretto.parse.mail.charsets import codec, decode
from lazaretto.parse.mail.outlook import DATA, LONG_NAME, MEDIA_TYPE, SHORT_NAME, SUBJECT, Values, mail_of, typed

SIGNATURE = b"\x78\x9f\x3e\x22"
ATTRIBUTES = 5000
PROPERTIES = 5000
_SUBJECT, _BODY, _PROPERTIES, _PAGE = 0x8004, 0x800C, 0x9003, 0x9007
_NEXT, _DATA, _TITLE, _MORE = 0x9002, 0x800F, 0x8010, 0x9005
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
"""Bytes of a value, padding included."""
_OBJECT = 0xD


def message(path: str, data: bytes, room: mails.Room) -> Mail:
    """Read a packed message; what is broken gives what came before, and a gap."""
    values: Values = {}
    parts: list[Attachment] = []
    inner: list[Mail] = []
    label = "cp1252"
    current: tuple[Values, bytes] | None = None
    whole = False

    def finish() -> None:
        if current is not None:
            _attach(path, current[0], current[1], parts, inner, room)

    for number, content in _attributes(data):
        if number < 0:
            whole = True
            break
        if len(parts) + len(inner) >= room.limits.parts:
            room.gap(path, "parts")
            break
        match number:
            case 0x9007 if len(content) >= 4:
                label = f"cp{struct.unpack_from('<I', content)[0]}"
                label = label if codec(label) else "cp1252"
            case 0x8004:
                values.setdefault(SUBJECT, decode(content.rstrip(b"\0"), label)[0])
            case 0x800C:
                values[0x1000] = decode(content.rstrip(b"\0"), label)[0]
            case 0x9003:
                values |= _properties(content, label)
            case 0x9002:
                finish()
                current = ({}, b"")
            case 0x8010 if current is not None:
                current[0].setdefault(SHORT_NAME, decode(content.rstrip(b"\0"), label)[0])
            case 0x800F if current is not None:
                current = (current[0], content)
            case 0x9005 if current is not None:
                current[0].update(_properties(content, label))
    finish()
    if not whole:
        room.gap(path, "outlook", reason="it ends in the middle")
    return mail_of(path, values, parts, inner, [], room)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield attribute numbers and contents; (-1, b"") once the end is reached as it should be."""
    at = 6
    for _ in range(ATTRIBUTES):
        if at == len(data) and at > 6:
            yield -1, b""
            return
        if at + 9 > len(data):
            return
        level, number, _, size = struct.unpack_from("<BHHI", data, at)
        if level not in (1, 2) or at + 9 + size + 2 > len(data):
            return
        yield number, data[at + 9 : at + 9 + size]
        at += 9 + size + 2


def _properties(data: bytes, label: str) -> Values:
    out: Values = {}
    try:
        (count,) = struct.unpack_from("<I", data)
        at = 4
        for _ in range(min(count, PROPERTIES)):
            kind, number = struct.unpack_from("<HH", data, at)
            at += 4
            if number >= 0x8000:
                at = _named(data, at)
            many, kind = kind & 0x1000, kind & 0xFFF
            if kind in (0x1E, 0x1F, 0x102, _OBJECT):
                (values,) = struct.unpack_from("<I", data, at)
                at += 4
                for _ in range(min(values, 1000)):
                    (size,) = struct.unpack_from("<I", data, at)
                    if number < 0x8000:
                        out.setdefault(number, typed(kind, data[at + 4 : at + 4 + size], label))
                    at += 4 + size + (-size % 4)
            elif kind in _FIXED:
                values = 1
                if many:
                    (values,) = struct.unpack_from("<I", data, at)
                    at += 4
                if not many and _FIXED[kind] in (4, 8):
                    out.setdefault(number, struct.unpack_from("<I" if _FIXED[kind] == 4 else "<Q", data, at)[0])
                at += _FIXED[kind] * min(values, len(data))
            else:
                break
    except struct.error:
        return out
    return out


def _named(data: bytes, at: int) -> int:
    """Step over the name of a named property."""
    size: int
    (kind,) = struct.unpack_from("<I", data, at + 16)
    at += 20
    if kind == 0:
        return at + 4
    (size,) = struct.unpack_from("<I", data, at)
    return at + 4 + size + (-size % 4)


def _attach(
    path: str, told: Values, content: bytes, parts: list[Attachment], inner: list[Mail], room: mails.Room
) -> None:
    packed = told.get(DATA, b"")
    if isinstance(packed, bytes) and packed[16:20] == SIGNATURE:
        room.nested += 1
        if room.nested > room.limits.nested:
            room.gap(path, "nested")
            return
        inner.append(message(f"{path}!/message-{len(inner) + 1}", packed[16:], room))
        return
    content = content or (packed if isinstance(packed, bytes) else b"")
    name, short, kind = told.get(LONG_NAME, ""), told.get(SHORT_NAME, ""), told.get(MEDIA_TYPE, "")
    size = len(content)
    if size > room.limits.part_bytes or not room.keep(content):
        room.gap(path, "large", name=str(name or short), size=size)
        content = b""
    parts.append(mails.attachment(str(name or short), str(kind).lower(), content, size))
