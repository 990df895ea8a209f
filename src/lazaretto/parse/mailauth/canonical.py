"""The bytes that a signature was made over (RFC 6376, section 3.4), in time linear to the message.

Lines of a saved message may have lost their carriage returns; signatures are over lines that end in CR LF, so they
get them back. Everything here is bytes: nothing is decoded.
"""

import re
from dataclasses import dataclass

_LINE = re.compile(rb"\r?\n")
_BLANKS = re.compile(rb"[ \t]+")
_NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:")
FIELDS = 5000


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as a signature sees it."""

    fields: tuple[tuple[bytes, bytes], ...]
    """Name in lower case, and the field as it stands: name, colon, value, inner line breaks; no final line break."""
    body: bytes
    broken: bool = False
    """True when a line of the header is no field, or there are too many: what is shown may not be what was signed."""

    def all(self, name: bytes) -> list[bytes]:
        """Return the fields of a name, topmost first."""
        return [field for key, field in self.fields if key == name]


def raw_of(message: bytes) -> Raw:
    """Split a message into its fields and its body. What is no field breaks it."""
    data = message
    if data.startswith((b"From ", b">From ")):
        data = data.partition(b"\n")[2]
    head, body = _halves(data)
    fields: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + b"\r\n" + line)
            continue
        match = _NAME.match(line)
        if match is None or len(fields) >= FIELDS:
            return Raw(tuple(fields), body, broken=bool(line) or len(fields) >= FIELDS)
        fields.append((match[1].lower(), line))
    return Raw(tuple(fields), body)


def relaxed(field: bytes) -> bytes:
    """Canonicalise a header field: name in lower case, on one line, runs of blanks as one, none at the ends."""
    name, _, value = field.partition(b":")
    flat = _BLANKS.sub(b" ", value.replace(b"\r\n", b""))
    return name.strip().lower() + b":" + flat.strip(b" \t")


def body(raw: bytes, how: bytes) -> bytes:
    """Canonicalise a body (`relaxed` or `simple`)."""
    if how == b"relaxed":
        raw = _BLANKS.sub(b" ", raw).replace(b" \r\n", b"\r\n")
        raw = raw[:-1] if raw.endswith(b" ") else raw
    end = len(raw)
    while raw.endswith(b"\r\n", 0, end):
        end -= 2
    if end == 0:
        return b"" if how == b"relaxed" else b"\r\n"
    return raw[:end] + b"\r\n"


def _halves(data: bytes) -> tuple[bytes, bytes]:
    if data.startswith((b"\n", b"\r\n")):
        return b"", _LINE.sub(b"\r\n", data[2 if data.startswith(b"\r") else 1 :])
    match = re.search(rb"\r?\n\r?\n", data)
    if match is None:
        return _LINE.sub(b"\r\n", data), b""
    return _LINE.sub(b"\r\n", data[: match.start()]), _LINE.sub(b"\r\n", data[match.end() :])
