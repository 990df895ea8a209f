"""One request on its way to an answer."""

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from lazaretto.gate.paths import Asked

if TYPE_CHECKING:
    from lazaretto.gate.keeper import Keeper


@dataclass(frozen=True, slots=True)
class Asking:
    """What every route gets."""

    request: web.BaseRequest
    asked: Asked
    keeper: "Keeper"
    id: str
    team: str
    """Empty = nobody's."""
    token: str
    """Given by the client. Never passed on, never written down."""
    base: str
    """What links in documents begin with, without a slash at the end."""
    prefix: str
    """The team's part of the path."""
    query: str
    """As it was sent."""

    @property
    def client(self) -> str:
        """What the client calls itself: the first word of its user agent. Untrusted."""
        words = self.request.headers.get("User-Agent", "").split()
        return words[0][:60] if words else ""


def bearer(header: str) -> str:
    """Return the token of an Authorization header: a Bearer token, or the password of Basic."""
    kind, _, value = header.partition(" ")
    value = value.strip()
    if kind.lower() == "bearer":
        return value[:500]
    if kind.lower() == "basic" and len(value) < 2000:
        try:
            pair = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""
        user, _, password = pair.partition(":")
        return (password or user)[:500]
    return ""
