"""What a feed format is: documents in, facts out. Pure: who opens files and connections is somebody else.

A format is one module with one `FORMAT`, and one line in `intel/feeds/catalog.py`. `read` never raises for what a
document holds but `DocumentError`: that the whole document is not what it pretends to be. Single statements that cannot
be taken over are counted in `Facts.rejected` and told; nothing is dropped silently.

Names and versions come from strangers: `is_name` and `is_version` say what is taken over at all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lazaretto.model.intel import Facts

LONGEST_NAME: Final = 300
"""Characters. npm allows 214; the longest name seen in public feeds had 213."""
LONGEST_VERSION: Final = 128
MOST_VERSIONS: Final = 5000
"""Of one record."""
LONGEST_TEXT: Final = 2000
"""Characters of a description that are kept."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class DocumentError(Exception):
    """A document is not what its feed promised. The text is one short English reason, without quoting the document."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a feed."""

    name: str
    """Path or address, for messages and for what folders say."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Format:
    """One feed format."""

    id: str
    """kebab-case; the name of the feed when nothing else names it."""
    title: str
    licence: str
    """What a reader must know about passing it on; empty = depends on the sender."""
    accepts: Callable[[Document], bool]
    """Tell, at a glance at name and first bytes, whether this is such a document. Asked in catalogue order."""
    read: Callable[[Document], Facts]
    """Raises `DocumentError`."""
    by_line: bool = False
    """True when a long document may be cut between lines and read part by part."""


def is_name(text: object) -> bool:
    """Tell whether a name can be recorded: text, not too long, nothing that no registry would take."""
    return isinstance(text, str) and 0 < len(text.strip()) <= LONGEST_NAME and _CONTROL.search(text) is None


def is_version(text: object) -> bool:
    """Tell whether a version can be recorded."""
    return isinstance(text, str) and 0 < len(text) <= LONGEST_VERSION and _CONTROL.search(text) is None


def text_of(data: bytes) -> str:
    """Decode a document: UTF-8, UTF-16 with its mark, else the Korean code page.

    Raises:
        DocumentError: none of them.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp949")  # type: ignore[assignment]  # one or two
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DocumentError("not text in an encoding that is known here")


def json_of(data: bytes) -> bytes:
    """Return a JSON document as UTF-8 without a mark, after a look at what else may have been sent.

    Raises:
        DocumentError: it is a web page, empty, or in no encoding of JSON.
    """
    head = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"<":
        raise DocumentError("a web page instead of JSON")
    if not head:
        raise DocumentError("empty")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError as error:
            raise DocumentError("UTF-16 that cannot be decoded") from error
    return data.removeprefix(b"\xef\xbb\xbf")


def short(text: object, limit: int = LONGEST_TEXT) -> str:
    """Return a description as one piece of printable text of at most `limit` characters; not a text = empty."""
    if not isinstance(text, str):
        return ""
    plain = " ".join(_CONTROL.sub(" ", text[: limit * 4]).split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"


def iso(value: object) -> str:
    """Return a date of a feed as ISO 8601 in UTC without fractions (`2025-05-07T04:00:30Z`), or the empty text."""
    if not isinstance(value, str):
        return ""
    match = _DATE.fullmatch(value.strip())
    if match is None:
        return ""
    day, time, zone = match["day"], match["time"], match["zone"]
    if not time:
        return day
    if zone in (None, "", "Z", "z") or zone.replace(":", "") in ("+0000", "-0000"):
        return f"{day}T{time}Z"
    from datetime import UTC, datetime

    try:
        return datetime.fromisoformat(f"{day}T{time}{zone}").astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return ""


_DATE = re.compile(
    r"(?P<day>\d{4}-\d\d(?:-\d\d)?)(?:[T ](?P<time>\d\d:\d\d:\d\d)(?:\.\d{1,12})?(?P<zone>Z|z|[+-]\d\d:?\d\d)?)?"
)
