"""Mails out of bytes: `.eml`, `.mbox`, Outlook's `.msg`, and what is packed in `winmail.dat`.

    read(path, data) -> Box(mails, gaps)

Any bytes give a box: what could not be read is a gap, and the rest is there. Nothing is opened, fetched or executed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lazaretto.model.finding import Gap, Stage
from lazaretto.model.mail import Attachment, Header, Link, Mail, Mailbox
from lazaretto.model.text import N_, Message
from lazaretto.parse.mail import trace
from lazaretto.parse.mail.charsets import decode
from lazaretto.parse.mail.fields import Block, clean, date, mailboxes
from lazaretto.parse.mail.mime import MailLimits, Node, Tree, leaves
from lazaretto.parse.mail.page import Page, page
from lazaretto.parse.mail.plain import normal
from lazaretto.parse.mail.sniff import is_encrypted, sniff

DEFAULT = MailLimits()
LINKS = 2000

_URL = re.compile(r"(?:https?|hxxps?|ftp)://[^\s<>\"'`{}|\\^\[\]]{3,2000}", re.IGNORECASE)
_CLOSING = ".,;:!?)]}'\"»」』”’"
_FROM_LINE = re.compile(rb"From [^\r\n]{1,300}\d{4}[^\r\n]{0,40}\r?\n")
_FIELD = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,80}:")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TNEF_NAMES = frozenset({"winmail.dat", "win.dat"})
_TROUBLES = {
    "parts": N_("the mail has more parts than are read; the rest was not examined"),
    "depth": N_("the mail's parts are nested deeper than is followed; the inner ones were not examined"),
    "boundary": N_("a part of the mail is not taken apart: its boundary is not found"),
    "cut": N_("the mail's header is longer than is read"),
    "broken": N_("the mail's header breaks off at a line that is no header field; the rest was read as text"),
    "page": N_("the HTML part is longer or deeper than is read; the rest was not examined"),
    "text": N_("the text of the mail is longer than is read; the rest was not examined"),
    "large": N_("{name} is larger than what is kept of an attachment ({size} bytes); its content was not examined"),
    "nested": N_("more mails within mails than are read; the rest was not examined"),
    "messages": N_("the mailbox has more mails than are read; the rest was not examined"),
    "hops": N_("the mail has more Received lines than are read"),
    "control": N_("a header field holds control characters"),
    "outlook": N_("the file of Outlook's cannot be read to its end: {reason}"),
    "no mail": N_("no header of a mail is found"),
}
_PARTIAL = frozenset({"boundary", "cut", "broken", "hops", "control"})


@dataclass(frozen=True, slots=True)
class Box:
    """What a file of mails holds."""

    mails: tuple[Mail, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """Gaps of the file as a whole; each mail has its own."""


@dataclass(slots=True)
class Room:
    """What is left of the bounds that hold for a whole file."""

    limits: MailLimits
    kept: int = 0
    nested: int = 0
    gaps: dict[tuple[str, str], Gap] = field(default_factory=dict)

    def gap(self, path: str, trouble: str, **params: object) -> None:
        """Write down a gap, each once."""
        text = Message.of(_TROUBLES[trouble], params)
        stage = Stage.PARSE if trouble in _PARTIAL or trouble in ("outlook", "no mail") else Stage.LIMIT
        self.gaps.setdefault((path, str(text)), Gap(stage, path, text, partial=trouble in _PARTIAL))

    def keep(self, data: bytes) -> bool:
        """Tell whether there is room for these bytes, and take it."""
        if self.kept + len(data) > self.limits.kept_bytes:
            return False
        self.kept += len(data)
        return True


def is_mail(name: str, data: bytes) -> bool:
    """Tell whether a file is one of mails: by its name, or by a header with the fields of a mail."""
    lower = name.lower()
    if lower.endswith((".eml", ".mbox", ".mbx", ".msg", ".emlx", ".tnef")) or lower.rpartition("/")[2] in _TNEF_NAMES:
        return True
    head = data[: 1 << 14].lstrip(b"\xef\xbb\xbf\r\n \t")
    if _FROM_LINE.match(head):
        return True
    block, _, _ = head.replace(b"\r\n", b"\n").partition(b"\n\n")
    names = {line.partition(b":")[0].lower() for line in block.split(b"\n") if _FIELD.match(line)}
    return len(names & _TELLING) >= 3


_TELLING = frozenset({
    b"from", b"to", b"subject", b"date", b"message-id", b"received", b"return-path", b"mime-version", b"content-type",
    b"delivered-to", b"dkim-signature", b"authentication-results", b"reply-to",
})  # fmt: skip


def read(path: str, data: bytes, limits: MailLimits = DEFAULT) -> Box:
    """Read a file of mails."""
    room = Room(limits)
    if data.startswith(_OLE):
        from lazaretto.parse.mail.outlook import message

        mail = message(path, data, room)
        return Box((_gapped(mail, room, path),) if mail else (), () if mail else tuple(room.gaps.values()))
    if data.startswith(b"\x78\x9f\x3e\x22"):
        from lazaretto.parse.mail.tnef import message as unpacked

        return Box((_gapped(unpacked(path, data, room), room, path),))
    spans = list(_messages(data, limits.messages + 1))
    if len(spans) > limits.messages:
        room.gap(path, "messages")
    mails: list[Mail] = []
    single = len(spans) == 1
    for number, (start, end) in enumerate(spans[: limits.messages], 1):
        name = path if single else f"{path}!/{number}"
        whole = data if single and start == 0 else data[start:end]
        mails.append(
            _gapped(mail_of(name, whole, room, data.count(b"\n", 0, start) + 1 if number < 50 else 1), room, name)
        )
    return Box(tuple(mails), tuple(room.gaps.values()))


def mail_of(path: str, data: bytes, room: Room, line: int = 1) -> Mail:
    """Read one message; `line` is the line of the file on which it begins."""
    start = len(data) - len(data.lstrip(b"\xef\xbb\xbf\r\n")) if data[:1] in (b"\xef", b"\r", b"\n") else 0
    tree = Tree(data, room.limits)
    top = tree.message(start, len(data))
    mail = headed(path, top.block, room, line + data.count(b"\n", 0, start))
    mail = replace(_filled(mail, tree, top, room), raw=data)
    for trouble in sorted(tree.troubles):
        room.gap(path, trouble)
    if not top.block.fields:
        room.gap(path, "no mail")
    return mail


def links_in(text: str) -> Iterator[Link]:
    """Yield the addresses that stand in plain text."""
    count = 0
    for number, line in enumerate(text.split("\n"), 1):
        if "://" not in line:
            continue
        for match in _URL.finditer(line):
            count += 1
            if count > LINKS:
                return
            found = match[0].rstrip(_CLOSING)
            yield Link(found, found, number)


def attachment(name: str, media_type: str, data: bytes, size: int, *, inline: bool = False) -> Attachment:
    """Make an attachment of decoded content."""
    kind = sniff(data)
    return Attachment(clean(name), media_type, size, data, kind, is_encrypted(data, kind), inline)


def headed(path: str, head: Block, room: Room, line: int) -> Mail:
    """Make a mail of its header."""
    headers = tuple(Header(one.name.lower(), one.value, line + one.line) for one in head.fields)
    if any(_odd(header.value) for header in headers):
        room.gap(path, "control")
    if sum(header.name == "received" for header in headers) > trace.HOPS:
        room.gap(path, "hops")
    senders = tuple(box for one in head.fields if one.name.lower() == "from" for box in mailboxes(one))
    dated = head.first("date")
    subject, envelope, number = head.first("subject"), head.first("return-path"), head.first("message-id")
    sender = senders[0] if senders else Mailbox("", "")
    return Mail(
        sender=sender,
        senders=senders,
        reply_to=mailboxes(head.first("reply-to")),
        to=(*mailboxes(head.first("to")), *mailboxes(head.first("cc"))),
        subject=clean(subject.value) if subject else "",
        date=date(dated.value) if dated else None,
        headers=headers,
        name=path,
        return_path=clean(envelope.value).strip("<> ")[:320] if envelope else "",
        message_id=clean(number.value).strip("<> ")[:500] if number else "",
        hops=trace.hops(headers),
        authentication=trace.told(headers, sender.domain),
    )


def _odd(value: str) -> bool:
    return any((sign < " " and sign != "\t") or sign == "\x7f" for sign in value) if not value.isprintable() else False


def _filled(mail: Mail, tree: Tree, top: Node, room: Room) -> Mail:
    """Add text, links, attachments and inner mails."""
    plain: list[str] = []
    pages: list[Page] = []
    parts: list[Attachment] = []
    inner: list[Mail] = []
    encodings: list[str] = []
    for node in leaves(top):
        how, _ = node.disposition
        is_text = node.kind in ("text/plain", "text/html") or (node.kind.startswith("multipart/") and not node.children)
        if is_text and how != "attachment" and not (node.name and pages + plain):
            content, size = tree.content(node, room.limits.text_bytes)
            if size and not content:
                content = tree.data[node.start : min(node.end, node.start + room.limits.text_bytes)]
                room.gap(mail.name, "text")
            text, encoding = decode(content, node.parameters.get("charset", ""))
            encodings.append(encoding)
            if node.kind == "text/html" or (node.kind == "text/plain" and _is_page(text)):
                pages.append(page(text))
            else:
                plain.append(text.replace("\r\n", "\n").replace("\r", "\n"))
        elif node.kind == "message/rfc822" or (node.kind == "message/global" and node.encoding in ("", "7bit", "8bit")):
            inner += _inner(mail.name, tree, node, room, len(inner) + 1)
        else:
            parts.append(_part(mail.name, tree, node, room))
    for part in [part for part in parts if part.sniffed == "tnef" and part.data]:
        from lazaretto.parse.mail.tnef import message as unpacked

        packed = unpacked(f"{mail.name}!/{part.name or 'winmail.dat'}", part.data, room)
        parts += packed.attachments
        inner += packed.inner
        plain += [packed.text] if packed.text and packed.text not in plain else []
    if any(one.cut for one in pages):
        room.gap(mail.name, "page")
    return shown(mail, plain, pages, parts, inner, next(filter(None, encodings), ""))


def shown(
    mail: Mail, plain: list[str], pages: list[Page], parts: list[Attachment], inner: list[Mail], encoding: str = ""
) -> Mail:
    """Add to a mail what is read in it. The plain text counts, unless there is hardly any beside a page."""
    text = "\n".join(plain)
    seen = "\n".join(one.text for one in pages)
    if not text.strip() or (len(seen) > 4 * len(text) + 200):
        text = seen
    elif seen and len(text) > 4 * len(seen) + 200:
        seen = text
    tidy = normal(text)
    links = [*links_in(tidy), *(link for one in pages for link in one.links)]
    return replace(
        mail,
        text=tidy,
        raw_text=text if tidy != text else "",
        hidden="\n".join(one.hidden for one in pages if one.hidden),
        links=tuple(links[:LINKS]),
        attachments=tuple(parts),
        inner=tuple(inner),
        encoding=encoding,
    )


def _part(path: str, tree: Tree, node: Node, room: Room) -> Attachment:
    how, _ = node.disposition
    content, size = tree.content(node, room.limits.part_bytes)
    if (size and not content) or not room.keep(content):
        room.gap(path, "large", name=clean(node.name) or node.kind, size=size)
        head, _ = tree.content(Node(node.block, node.start, min(node.end, node.start + 40_000), node.kind, {}), 40_000)
        kind = sniff(head)
        return Attachment(clean(node.name), node.kind, size, b"", kind, is_encrypted(head, kind), how == "inline")
    inline = how == "inline" or (
        not how and node.kind.startswith("image/") and node.block.first("content-id") is not None
    )
    return attachment(node.name, node.kind, content, size, inline=inline)


def _inner(path: str, tree: Tree, node: Node, room: Room, number: int) -> list[Mail]:
    room.nested += 1
    if room.nested > room.limits.nested:
        room.gap(path, "nested")
        return []
    content, size = tree.content(node, room.limits.part_bytes)
    if size and not content:
        room.gap(path, "large", name=node.name or node.kind, size=size)
        return []
    return [mail_of(f"{path}!/message-{number}", content, room)]


def _messages(data: bytes, most: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of a mailbox's messages; the whole for a single message.

    A mailbox begins with a `From ` line, and each further one stands behind a blank line and before a header field.
    """
    if not _FROM_LINE.match(data):
        yield 0, len(data)
        return
    start, at = 0, 1
    for _ in range(most):
        while True:
            found = data.find(b"\nFrom ", at)
            if found < 0:
                yield start, len(data)
                return
            at = found + 1
            line = _FROM_LINE.match(data, at)
            blank = data[found - 1 : found] == b"\n" or data[found - 2 : found] == b"\n\r"
            if line and blank and _FIELD.match(data, line.end()):
                break
        yield start, at
        start = at


def _is_page(text: str) -> bool:
    return text[:2000].lstrip().lower().startswith(("<!doctype html", "<html"))


def _gapped(mail: Mail, room: Room, path: str) -> Mail:
    """Hand a mail those gaps that arose in it or within it, and take them out of the room."""
    mine = [key for key in room.gaps if key[0] == path or key[0].startswith(path + "!")]
    return replace(mail, gaps=tuple(room.gaps.pop(key) for key in mine))
