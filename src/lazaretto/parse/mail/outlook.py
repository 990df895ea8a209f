"""Outlook's saved messages (`.msg`, MS-OXMSG): properties in the streams of a compound file.

    __properties_version1.0     values of fixed size, sixteen bytes each
    __substg1.0_0037001F        property 0037 (subject), type 001F (UTF-16 text)
    __recip_version1.0_#...     storages with the same inside: recipients, attachments
    __attach_version1.0_#...    ... whose 3701000D is a message again

What a message was sent with (`PR_TRANSPORT_MESSAGE_HEADERS`, 007D) is read like the header of any mail; without it the
message never went through a mail server, or it was written here. Its signatures cannot be checked: the body is not kept
as it was sent.
"""

import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lazaretto.model.mail import Attachment, Header, Mail, Mailbox
from lazaretto.parse.mail import read as mails
from lazaretto.parse.mail import rtf
from lazaretto.parse.mail.cfb import Compound, CompoundError, Entry
from lazaretto.parse.mail.charsets import decode
from lazaretto.parse.mail.fields import block, clean
from lazaretto.parse.mail.page import page

PROPERTIES = "__properties_version1.0"
STREAM = "__substg1.0_"
RECIPIENT, ATTACHED = "__recip_version1.0_", "__attach_version1.0_"
Values = dict[int, bytes | str | int]
"""Property id to value: text decoded, numbers as numbers, all else as bytes."""

SUBJECT, HEADERS, BODY, HTML, RTF, TOPIC = 0x0037, 0x007D, 0x1000, 0x1013, 0x1009, 0x0070
SENDER_NAME, SENDER_ADDRESS, SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
FOR_NAME, FOR_ADDRESS, FOR_SMTP = 0x0042, 0x0065, 0x5D02
SENT, MESSAGE_ID, CODE_PAGE, BODY_PAGE = 0x0039, 0x1035, 0x3FFD, 0x3FDE
NAME, ADDRESS, SMTP, KIND = 0x3001, 0x3003, 0x39FE, 0x0C15
DATA, LONG_NAME, SHORT_NAME, MEDIA_TYPE, CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712


def message(path: str, data: bytes, room: mails.Room) -> Mail | None:
    """Read a message; None when the file cannot be read at all."""
    try:
        compound = Compound(data)
    except (CompoundError, struct.error, IndexError) as error:
        reason = str(error) if isinstance(error, CompoundError) else "its tables are broken"
        room.gap(path, "outlook", reason=reason)
        return None
    if not any(name.startswith((STREAM, PROPERTIES)) for name in compound.root.children):
        room.gap(path, "outlook", reason="it holds no message")
        return None
    return _message(path, compound, compound.root, room, 32)


def mail_of(
    path: str, values: Values, parts: list[Attachment], inner: list[Mail], people: list[Mailbox], room: mails.Room
) -> Mail:
    """Make a mail of a message's properties."""
    head = block(_text(values, HEADERS).encode("utf-8", "surrogateescape") + b"\n\n", 0, 1 << 30)
    mail = mails.headed(path, head, room, 1) if head.fields else Mail(name=path)
    if not mail.senders:
        sender = _mailbox(values, FOR_NAME, FOR_SMTP, FOR_ADDRESS) or _mailbox(
            values, SENDER_NAME, SENDER_SMTP, SENDER_ADDRESS
        )
        senders = (sender,) if sender else ()
        headers = tuple(Header("from", f"{box.name} <{box.address}>") for box in senders)
        mail = replace(mail, sender=sender or Mailbox("", ""), senders=senders, headers=(*mail.headers, *headers))
    mail = replace(
        mail,
        to=mail.to or tuple(people),
        subject=mail.subject or clean(_text(values, SUBJECT)) or clean(_text(values, TOPIC)),
        date=mail.date or _date(values.get(SENT)),
        message_id=mail.message_id or clean(_text(values, MESSAGE_ID)).strip("<> "),
    )
    html = values.get(HTML)
    if isinstance(html, bytes):
        html = decode(html, code_page(values.get(BODY_PAGE, 65001)))[0]
    body = _text(values, BODY).replace("\r\n", "\n")
    squeezed = values.get(RTF)
    if not html and isinstance(squeezed, bytes):
        html, plain = rtf.text(rtf.unpacked(squeezed))
        body = body or plain
    pages = [page(html)] if isinstance(html, str) and html else []
    return mails.shown(mail, [body] if body else [], pages, parts, inner)


def _message(path: str, compound: Compound, storage: Entry, room: mails.Room, skip: int) -> Mail:
    limits = room.limits
    values = _values(compound, storage, skip, limits.text_bytes)
    parts: list[Attachment] = []
    inner: list[Mail] = []
    people: list[Mailbox] = []
    for name, child in sorted(storage.children.items()):
        if name.startswith(RECIPIENT) and len(people) < limits.parts:
            told = _values(compound, child, 8, 1 << 16)
            if (box := _mailbox(told, NAME, SMTP, ADDRESS)) and told.get(KIND, 1) != 3:
                people.append(box)
        elif name.startswith(ATTACHED):
            if len(parts) + len(inner) >= limits.parts:
                room.gap(path, "parts")
                break
            embedded = child.children.get(f"{STREAM}3701000D")
            if embedded is not None and embedded.is_storage:
                room.nested += 1
                if room.nested > limits.nested:
                    room.gap(path, "nested")
                    break
                inner.append(_message(f"{path}!/message-{len(inner) + 1}", compound, embedded, room, 24))
            else:
                parts.append(_attachment(path, compound, child, room))
    return mail_of(path, values, parts, inner, people, room)


def _attachment(path: str, compound: Compound, storage: Entry, room: mails.Room) -> Attachment:
    told = _values(compound, storage, 8, 1 << 16)
    name = _text(told, LONG_NAME) or _text(told, SHORT_NAME)
    kind = _text(told, MEDIA_TYPE).lower()
    stream = storage.children.get(f"{STREAM}37010102")
    size = stream.size if stream else 0
    data = compound.read(stream, room.limits.part_bytes) if stream else b""
    if (size and not data) or not room.keep(data):
        room.gap(path, "large", name=clean(name), size=size)
        data = b""
    return mails.attachment(name, kind, data, size, inline=bool(told.get(CONTENT_ID)) and kind.startswith("image/"))


def _values(compound: Compound, storage: Entry, skip: int, limit: int) -> Values:
    """Read the properties of a message (`skip` 32 or 24), a recipient or an attachment (8)."""
    out: Values = {}
    table = storage.children.get(PROPERTIES)
    if table is not None:
        raw = compound.read(table, 1 << 20)[skip:]
        for at in range(0, len(raw) - 15, 16):
            kind, number, _, value = struct.unpack_from("<HHIQ", raw, at)
            if kind in (2, 3, 0xB):
                out[number] = value & 0xFFFFFFFF
            elif kind in (0x14, 0x40):
                out[number] = value
    label = code_page(out.get(CODE_PAGE, 1252))
    for name, child in storage.children.items():
        tag = name[len(STREAM) :]
        if not name.startswith(STREAM) or len(tag) != 8 or child.is_storage:
            continue
        try:
            number, kind = int(tag[:4], 16), int(tag[4:], 16)
        except ValueError:
            continue
        if number == DATA or kind not in (0x1E, 0x1F, 0x102):
            continue
        out[number] = typed(kind, compound.read(child, limit), label)
    return out


def typed(kind: int, data: bytes, label: str) -> bytes | str:
    """Return a value of variable size: text for the two kinds of text, else the bytes."""
    if kind == 0x1F:
        return data.decode("utf-16-le", "replace").rstrip("\0")
    return decode(data.rstrip(b"\0"), label)[0] if kind == 0x1E else data


def code_page(number: object) -> str:
    """Return the name of a code page of Windows; empty when it is no number."""
    return ("utf-8" if number == 65001 else f"cp{number}") if isinstance(number, int) else ""


def _text(values: Values, number: int) -> str:
    value = values.get(number, "")
    return value if isinstance(value, str) else ""


def _mailbox(values: Values, name: int, *addresses: int) -> Mailbox | None:
    address = next((text for text in _texts(values, addresses) if "@" in text), "")
    shown = clean(_text(values, name))
    return Mailbox(shown, clean(address)[:320]) if shown or address else None


def _texts(values: Values, numbers: tuple[int, ...]) -> Iterator[str]:
    return (_text(values, number) for number in numbers)


def _date(value: object) -> datetime | None:
    """Read a FILETIME: tenths of microseconds since 1601."""
    if not isinstance(value, int) or not 0 < value < 1 << 62:
        return None
    try:
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=value // 10)
    except OverflowError:
        return None
