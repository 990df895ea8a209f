"""Decoders that scripts use on their own constants, done by us instead of by them. Sizes are bounded."""

import base64
import binascii
import re
from urllib.parse import unquote

MAX_CHARS = 262_144
"""Longer constants are not folded."""

_PERCENT_U = re.compile(r"%u([0-9a-fA-F]{4})")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


def from_base64(text: str) -> str | None:
    """Decode Base64 (RFC 4648, either alphabet, padding optional) to text; None when it is not."""
    if len(text) > MAX_CHARS:
        return None
    clean = _NOT_BASE64.sub("", text.replace("-", "+").replace("_", "/"))
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    try:
        raw = base64.b64decode(clean + "=" * (-len(clean) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw.decode("utf-8", "replace")


def from_hex(text: str) -> str | None:
    """Decode hexadecimal to text as Node does: up to the first wrong pair."""
    if len(text) > MAX_CHARS:
        return None
    clean = re.match(r"(?:[0-9a-fA-F]{2})*", text)
    return bytes.fromhex(clean[0]).decode("utf-8", "replace") if clean else None


def from_percent(text: str) -> str | None:
    """Undo `escape`, `encodeURI` and `encodeURIComponent`."""
    if len(text) > MAX_CHARS:
        return None
    return unquote(_PERCENT_U.sub(lambda found: chr(int(found[1], 16)), text), errors="replace")


def from_codes(codes: list[str]) -> str | None:
    """Make text of character codes written as numbers."""
    if len(codes) > MAX_CHARS:
        return None
    made = []
    for code in codes:
        number = number_of(code)
        if number is None or not 0 <= number < 0x110000:
            return None
        made.append(chr(number))
    return "".join(made)


def number_of(text: str) -> int | None:
    """Read a JavaScript integer literal; None for anything else."""
    text = text.replace("_", "")
    if len(text) > 20:
        return None
    try:
        return int(text, 0) if not re.fullmatch(r"-?0\d+", text) else int(text)
    except ValueError:
        return None


def decoded_url(text: str) -> str | None:
    """Return the URL that a Base64 or hexadecimal constant hides; None when it hides none."""
    text = text.strip()
    if 16 <= len(text) <= 4096:
        for decode in (from_base64, from_hex):
            plain = decode(text)
            if plain is not None and re.match(r"(?i)(?:https?|wss?)://[\w.-]{3,}", plain):
                return plain if plain.isprintable() else None
    return None
