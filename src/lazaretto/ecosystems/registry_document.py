"""What all documents of a registry have in common: limits, the first look at the bytes, and the error.

A document comes from a server that nobody vouches for. It is looked at once, here: size, encoding, and that it is JSON
at all. What a project page cannot answer for is not half of it listed: the whole document is refused.
"""

import re
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from lazaretto.model.text import N_, Message

LIMIT: Final = 64 << 20
"""Bytes of a document that are read."""
MOST_FILES: Final = 100_000
"""Files, or versions, of one project."""
MOST_FIELDS: Final = 2_500_000
"""Members and elements of a document: each takes some 200 bytes. Honest documents of 64 MB have about as many."""
FIELD: Final = 1 << 20
"""Bytes of one field that is taken apart."""

_COUNTED: Final = 12 << 20
"""Smaller documents cannot hold many more than `MOST_FIELDS`."""

ADDRESS: Final = re.compile(
    r"https?://(?:[A-Za-z0-9._~%!$&'()*+,;=:-]{1,200}@)?(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?"
    r"/[!-~]{0,2000}",
    re.ASCII,
)
"""An address that a file may be fetched from: a host, a path, nothing that could end a line."""

T = TypeVar("T")


class RegistryDocumentError(ValueError):
    """A registry's document that cannot be used; `message` says what is wrong with it."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.english())
        self.message = message


def check(data: bytes, limit: int = LIMIT) -> None:
    """Look at the bytes of a JSON document before they are parsed.

    Raises:
        RegistryDocumentError: too large, not UTF-8, or a web page.
    """
    check_size(data, limit)
    if len(data) > _COUNTED and len(data) - len(data.translate(None, b",{[")) > MOST_FIELDS:
        text = N_("the registry's document has more than {limit} fields")
        raise RegistryDocumentError(Message.of(text, {"limit": MOST_FIELDS}))
    if data[:256].lstrip().startswith(b"<"):
        raise RegistryDocumentError(Message(N_("the registry answered with a web page instead of JSON")))
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise RegistryDocumentError(Message(N_("the registry's document is not UTF-8"))) from error


def check_size(data: bytes, limit: int) -> None:
    """Refuse documents that are too large to be read."""
    if len(data) > limit:
        text = N_("the registry's document of {size} bytes is larger than the {limit} that are read")
        raise RegistryDocumentError(Message.of(text, {"size": len(data), "limit": limit}))


def check_count(number: int) -> None:
    """Refuse projects with more files or versions than anybody has."""
    if number > MOST_FILES:
        text = N_("the registry lists {number} files of one project, more than the {limit} that are looked at")
        raise RegistryDocumentError(Message.of(text, {"number": number, "limit": MOST_FILES}))


def decoded(decode: Callable[[bytes | msgspec.Raw], T], data: bytes | msgspec.Raw) -> T:
    """Decode JSON that must have a certain shape.

    Raises:
        RegistryDocumentError: it is broken, nested too deeply, or of another shape.
    """
    try:
        return decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        text = N_("the registry's document cannot be read: {reason}")
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
        raise RegistryDocumentError(Message.of(text, {"reason": reason})) from error


def attempt(
    decode: Callable[[bytes | msgspec.Raw], T], data: bytes | msgspec.Raw | None, limit: int = FIELD
) -> T | None:
    """Decode one field; None when it is absent, not of the expected shape, or larger than `limit` bytes."""
    if data is None or memoryview(data).nbytes > limit:
        return None
    try:
        return decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
