"""Header fields: found in bytes, decoded, and taken apart as far as a reader of mails needs it.

Sources: RFC 5322 (fields, addresses, dates), RFC 2047 (encoded words), RFC 2231 (parameters).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from lazaretto.model.mail import Mailbox
from lazaretto.parse.mail.charsets import decode, words

FIELDS = 3000
"""Fields of one message that are read."""
BLOCK_BYTES = 2 << 20
"""Bytes of one message's header that are read."""
VALUE_CHARS = 20_000
MAILBOXES = 200

_END = re.compile(rb"\r?\n\r?\n|\r\r")
_NAME = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,200}[ \t]{0,20}:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PARAMETER = re.compile(
    r";\s{0,40}([\w!#$&+.^`|~%'-]{1,80}?)(\*\d{1,3})?(\*)?\s{0,20}=\s{0,20}(\"(?:[^\"\\]|\\.){0,2000}\"|[^;\s]{0,2000})"
)
_DATE = re.compile(
    r"(\d{1,2})\s{1,5}(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\s{1,5}(\d{2,4})\s{1,5}(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"(?:\.\d{1,9})?\s{0,5}([+-]\d{4}|[a-z]{1,5})?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "kst": 9, "jst": 9}


@dataclass(frozen=True, slots=True)
class Field:
    """One header field as it stands in the file."""

    name: str
    """As written."""
    raw: bytes
    """The value, unfolded, not decoded."""
    line: int
    """From the beginning of the block, from 0."""

    @property
    def value(self) -> str:
        """The value decoded, at most `VALUE_CHARS` characters; control characters are kept."""
        return words(self.raw[:VALUE_CHARS])


@dataclass(frozen=True, slots=True)
class Block:
    """The header of a message or part."""

    fields: tuple[Field, ...]
    body: int
    """Where the content begins in the data."""
    trouble: str = ""
    """`cut`: more or longer fields than are read; `broken`: it ended at a line that is no field."""

    def first(self, name: str) -> Field | None:
        """Return the topmost field of a name in lower case."""
        return next((field for field in self.fields if field.name.lower() == name), None)


def block(data: bytes, start: int, end: int) -> Block:
    """Read the header that begins at `start`."""
    if data.startswith(b"\n", start):
        return Block((), start + 1)
    if data.startswith(b"\r\n", start):
        return Block((), start + 2)
    stop = _END.search(data, start, min(end, start + BLOCK_BYTES))
    body = stop.end() if stop else end
    block_end = stop.start() if stop else min(end, start + BLOCK_BYTES)
    trouble = "cut" if stop is None and end - start > BLOCK_BYTES else ""
    found: list[Field] = []
    name, pieces, first = "", [], 0
    at, number = start, 0
    while at < block_end:
        cut = data.find(b"\n", at, block_end)
        cut = block_end if cut < 0 else cut
        line = data[at:cut].rstrip(b"\r")
        match = _NAME.match(line)
        if line[:1] in (b" ", b"\t") and name:
            pieces.append(line)
        elif match is not None:
            if name:
                found.append(Field(name, b"".join(pieces).strip(), first))
            name, pieces, first = match[0][:-1].decode("ascii").strip(), [line[match.end() :]], number
            if len(found) >= FIELDS:
                trouble, name = "cut", ""
                break
        elif not (number == 0 and line.startswith((b"From ", b">From "))) and line.strip():
            trouble, body = "broken", at
            break
        at, number = cut + 1, number + 1
    if name:
        found.append(Field(name, b"".join(pieces).strip(), first))
    return Block(tuple(found), body, trouble)


def clean(text: str) -> str:
    """Return text on one line: control characters become blanks, runs of blanks one."""
    return " ".join(_CONTROL.sub(" ", text).split())


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Split `text/plain; charset=utf-8` into its value (lower case) and parameters, RFC 2231 continuations joined."""
    head, _, _ = value.partition(";")
    parts: dict[str, list[tuple[int, bool, str]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count >= 100:
            break
        text = match[4]
        if text.startswith('"'):
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        parts.setdefault(match[1].lower(), []).append((int(match[2][1:]) if match[2] else 0, bool(match[3]), text))
    return head.strip().lower(), {name: _joined(pieces) for name, pieces in parts.items()}


def mailboxes(field: Field | None) -> tuple[Mailbox, ...]:
    """Read a list of addresses; whatever it is made of, something comes out. Encoded words never make syntax."""
    if field is None:
        return ()
    raw = field.raw[:VALUE_CHARS]
    text = raw.decode("ascii") if raw.isascii() else decode(raw)[0]
    found = [_mailbox(piece) for piece in _split(text)[:MAILBOXES]]
    return tuple(box for box in found if box.name or box.address)


def date(text: str) -> datetime | None:
    """Read a date as mails have it; None when it is none. A missing or unknown zone is taken for UTC."""
    match = _DATE.search(text[:500])
    if match is None:
        return None
    day, month, year = int(match[1]), _MONTHS.index(match[2].lower()) + 1, int(match[3])
    year += 0 if year > 99 else 2000 if year < 70 else 1900
    zone = (match[7] or "").lower()
    try:
        if zone[:1] in ("+", "-"):
            ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
            place: timezone = timezone(ahead if zone[0] == "+" else -ahead)
        else:
            place = timezone(timedelta(hours=_ZONES.get(zone, 0)))
        second = min(int(match[6] or 0), 59)
        return datetime(year, month, day, int(match[4]), int(match[5]), second, tzinfo=place if zone else UTC)
    except ValueError:
        return None


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    pieces.sort(key=lambda piece: piece[0])
    if not any(encoded for _, encoded, _ in pieces):
        return clean(words("".join(text for _, _, text in pieces).encode("utf-8", "replace")))
    label, out = "", b""
    for number, (_, encoded, text) in enumerate(pieces):
        if encoded and number == 0 and text.count("'") >= 2:
            label, _, text = text.split("'", 2)
        out += _percent(text) if encoded else text.encode("utf-8", "replace")
    return clean(decode(out, label)[0])


def _percent(text: str) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), text.encode("utf-8", "replace"))


def _split(text: str) -> list[str]:
    """Split at commas outside of quotes, comments and angle brackets; a group's name and end are commas, too."""
    pieces: list[str] = []
    start, quoted, depth, angle, at = 0, False, 0, False, 0
    while at < len(text) and len(pieces) <= MAILBOXES:
        sign = text[at]
        if sign == "\\":
            at += 1
        elif sign == '"' and depth == 0:
            quoted = not quoted
        elif not quoted:
            depth += (sign == "(") - (sign == ")" and depth > 0)
            angle = (angle or sign == "<") and sign != ">"
            if depth == 0 and not angle and sign in ",;":
                pieces.append(text[start:at])
                start = at + 1
        at += 1
    pieces.append(text[start:])
    return [piece for piece in pieces if piece.strip()]


def _mailbox(piece: str) -> Mailbox:
    opening = piece.rfind("<")
    if opening >= 0:
        address = piece[opening + 1 :].partition(">")[0]
        name = piece[:opening]
    elif "@" in piece:
        name, _, comment = piece.partition("(")
        address, name = name, comment.rstrip(") ")
    else:
        address, name = "", piece
    name = name.strip()
    if name.startswith('"'):
        name = re.sub(r"\\(.)", r"\1", name.strip('"'))
    shown = clean(words(name.encode("utf-8", "replace")))
    return Mailbox(shown.strip("\"' ") if shown != '"' else "", clean("".join(address.split()))[:320])
