"""Reading what a candidate has in hand: mails, pasted text, pages, PDF, exported chats and profiles.

    Reader(...).take(path) ... -> texts, mails, profile, loose (files for `check`), gaps

Any bytes give something: what cannot be read is a gap with a plain word about what to do instead.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from lazaretto.app.offer_profile import profile_of
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.mail import Mail
from lazaretto.model.offer import Channel, Profile, Text
from lazaretto.model.text import N_, Message
from lazaretto.parse.mail.plain import normal

BYTES = 160 << 20
"""Bytes of one file: a mail with a large attachment has its room."""
TEXT_BYTES = 8 << 20
"""Bytes of one pasted text or page."""
MESSAGES = 20_000
"""Messages of an exported chat."""

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")
_HEIC = re.compile(rb"....ftyp(?:heic|heix|mif1|avif)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass
class Taken:
    """What was read."""

    texts: list[Text] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    profile: Profile | None = None
    loose: list[str] = field(default_factory=list)
    """Paths of folders, archives and programs: `check` looks at them."""
    gaps: list[Gap] = field(default_factory=list)


_KNOWN = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"),
    *(b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xd0\xcf\x11\xe0", b"xar!", b"MSCF"),
)
"""Archives, programs and documents that `check` knows by their first bytes."""


def take(taken: Taken, name: str, data: bytes, path: str = "") -> None:
    """Add one document: a mail, a page, a PDF, an export, a picture (a gap), or plain text.

    Args:
        taken: what it is added to.
        name: how findings name it.
        data: its bytes.
        path: where it lies; empty for standard input.
    """
    if not data.strip():
        _gap(taken, name, N_("it is empty; paste the message, or name a file that holds it"))
    elif data.startswith(_PICTURES) or _HEIC.match(data[:16]):
        _gap(taken, name, N_("a picture cannot be read here; paste the text of the message instead"))
    elif data.startswith(b"%PDF-") or name.lower().endswith(".pdf"):
        _pdf(taken, name, data)
    elif _may_be_mail(name, data) and _is_mail(name, data):
        from lazaretto.parse.mail.read import read

        box = read(name, data)
        taken.mails += box.mails
        taken.gaps += box.gaps
        taken.gaps += [gap for mail in box.mails for gap in mail.gaps]
    elif _is_binary(data):
        if path and (data.startswith(_KNOWN) or data[257:262] == b"ustar"):
            taken.loose.append(path)
        elif path:
            _gap(taken, name, N_("neither text nor a kind of file that is known; lazaretto check searches its bytes"))
        else:
            _gap(taken, name, N_("this is not text; name the file, so that it can be examined as one"))
    else:
        _text(taken, name, data)


def take_profile(taken: Taken, name: str, data: bytes) -> None:
    """Add a profile: a JSON export, or pasted text."""
    text = normal(decoded(data[:TEXT_BYTES]))
    value: object = text
    if text.lstrip().startswith(("{", "[")):
        value = _json(text)
        if not isinstance(value, dict):
            _gap(taken, name, N_("the profile is not readable as JSON"))
            return
    taken.profile = profile_of(value, name)


_FIELD = re.compile(rb"\s{0,8}(?:\xef\xbb\xbf)?(?:From |[A-Za-z][A-Za-z0-9-]{1,60}:)")


def _may_be_mail(name: str, data: bytes) -> bool:
    """Tell cheaply whether a file can be a mail: what reads mails is loaded for those only."""
    lower = name.lower()
    return bool(_FIELD.match(data)) or lower.endswith((".eml", ".mbox", ".mbx", ".msg", ".emlx", ".tnef", ".dat"))


def _is_mail(name: str, data: bytes) -> bool:
    from lazaretto.parse.mail.read import is_mail

    return is_mail(name, data)


def _text(taken: Taken, name: str, data: bytes) -> None:
    if len(data) > TEXT_BYTES:
        limit = {"limit": TEXT_BYTES >> 20}
        taken.gaps.append(
            Gap(Stage.LIMIT, name, Message.of(N_("longer than {limit} MiB; the rest was not read"), limit))
        )
        data = data[:TEXT_BYTES]
    text = decoded(data)
    head = text[:300].lstrip().lower()
    if head.startswith(("<!doctype html", "<html", "<?xml")) or name.lower().endswith((".html", ".htm", ".xhtml")):
        from lazaretto.parse.mail.page import page

        shown = page(text)
        taken.texts.append(Text(name, Channel.PAGE, normal(shown.text), shown.links))
        if shown.cut:
            _gap(taken, name, N_("the page is longer or deeper than is read; the rest was not examined"))
        return
    if head.startswith(("{", "[")):
        value = _json(text)
        chat = _chat(value)
        if chat:
            taken.texts.append(Text(name, Channel.CHAT, normal(chat)))
            return
        if isinstance(value, dict) and profile_of(value, name).employments:
            taken.profile = profile_of(value, name)
            return
    taken.texts.append(Text(name, Channel.CHAT, normal(text)))


def decoded(data: bytes) -> str:
    """Decode pasted text: UTF-8, UTF-16 with a mark, else what Korean computers write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            from lazaretto.parse.mail.charsets import guessed

            name = guessed(data)
            try:
                text = data.decode(name, "replace")
            except LookupError:
                text = data.decode("latin-1")
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _is_binary(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    head = data[:8192]
    return b"\0" in head or data.startswith((b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"))


def _json(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _chat(value: object) -> str:
    """Return the text of an exported chat: a list of messages, or an object that holds one (`messages`)."""
    rows = value.get("messages") if isinstance(value, dict) else value
    if not isinstance(rows, list):
        return ""
    lines = []
    for row in rows[:MESSAGES]:
        if not isinstance(row, dict):
            continue
        body = next((row[key] for key in ("text", "content", "body", "message") if key in row), "")
        if isinstance(body, list):  # Telegram: strings and objects with a text
            body = "".join(
                part if isinstance(part, str) else str(part.get("text", "")) if isinstance(part, dict) else ""
                for part in body
            )
        if isinstance(body, str) and body.strip():
            lines.append(body)
    return "\n".join(lines)


def _pdf(taken: Taken, name: str, data: bytes) -> None:
    from lazaretto.intel.extract.document import DocumentError, read_document

    try:
        document = read_document("x.pdf", data)
    except DocumentError as error:
        taken.gaps.append(Gap(Stage.READ, name, error.message))
        return
    if not document.text.strip():
        _gap(taken, name, N_("the PDF holds no text (pictures of pages?); paste the text of the message instead"))
        return
    taken.texts.append(Text(name, Channel.PAGE, normal(document.text)))


def read_bytes(path: str) -> bytes | Gap:
    """Read a file, at most `BYTES`; a gap when the system will not give it or it is too large."""
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(BYTES + 1)
    except OSError as error:
        reason = {"error": error.strerror or str(error)}
        return Gap(Stage.READ, path, Message.of(N_("cannot be read: {error}"), reason))
    if len(data) > BYTES:
        return Gap(Stage.LIMIT, path, Message.of(N_("larger than {limit} bytes; not read"), {"limit": BYTES}))
    return data


def _gap(taken: Taken, name: str, template: str) -> None:
    taken.gaps.append(Gap(Stage.READ, name, Message(template)))
