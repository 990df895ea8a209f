"""What the first bytes of a connection tell: a TLS greeting's name and shape, an HTTP request's line and headers."""

import hashlib
from dataclasses import dataclass, field

_MOST_HEADERS = 100
_MOST_VALUE = 1000
_NAME, _GROUPS, _FORMATS = 0, 10, 11


@dataclass(frozen=True, slots=True)
class Greeting:
    """A TLS ClientHello (RFC 8446)."""

    name: str = ""
    """Server name (RFC 6066); empty when there is none."""
    ja3: str = ""
    """MD5 over version, ciphers, extensions, groups and point formats, without the random ones of RFC 8701."""


@dataclass(frozen=True, slots=True)
class Request:
    """The head of an HTTP/1 request."""

    line: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=())


def is_tls(data: bytes) -> bool:
    """Tell whether a connection begins with a TLS record."""
    return data[:2] == b"\x16\x03"


def greeting(data: bytes) -> Greeting:
    """Read a greeting; empty fields where it is none or malformed."""
    if not is_tls(data) or len(data) < 44 or data[5] != 1:
        return Greeting()
    version = int.from_bytes(data[9:11], "big")
    at = 44 + data[43]
    ciphers, at = _numbers(data, at, 2)
    at += 1 + int.from_bytes(data[at : at + 1], "big") + 2
    name, kinds, groups, formats = "", list[int](), list[int](), list[int]()
    while at + 4 <= len(data) and len(kinds) < 256:
        kind, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 4 + size]
        kinds.append(kind)
        if kind == _NAME:
            name = body[5:].decode("ascii", "backslashreplace")[:255]
        elif kind == _GROUPS:
            groups, _ = _numbers(body, 0, 2)
        elif kind == _FORMATS:
            formats = list(body[1 : 1 + body[0]]) if body else []
        at += 4 + size
    shape = ",".join(
        [
            str(version),
            *("-".join(map(str, _plain(one))) for one in (ciphers, kinds, groups)),
            "-".join(map(str, formats)),
        ]
    )
    return Greeting(name, hashlib.md5(shape.encode(), usedforsecurity=False).hexdigest())


def server_name(data: bytes) -> str:
    """Return the server name of a TLS greeting; an empty text when there is none."""
    return greeting(data).name


def request(data: bytes) -> Request:
    """Read the head of a request; empty when it is none."""
    line = data[:8192].partition(b"\r\n")[0]
    words = line.split(b" ")
    if len(words) != 3 or not words[2].startswith(b"HTTP/1.") or not words[0].isalpha():
        return Request()
    head = data[:65536].partition(b"\r\n\r\n")[0].split(b"\r\n")[1 : 1 + _MOST_HEADERS]
    pairs = (row.partition(b":") for row in head)
    headers = tuple(
        (name.decode("latin-1")[:100], value.strip().decode("latin-1")[:_MOST_VALUE]) for name, _, value in pairs
    )
    return Request(line.decode("latin-1")[:_MOST_VALUE], headers)


def expected(data: bytes) -> int | None:
    """Return how many bytes a TLS greeting, or a request with its body, has; 0 = not known yet; None = no end is told.

    A body in chunks ends where `ends_chunks` says.
    """
    if is_tls(data):
        return 5 + int.from_bytes(data[3:5], "big") if len(data) >= 5 else 0
    at = data.find(b"\r\n\r\n", 0, 1 << 16)
    if at < 0 or not request(data).line:
        return 0 if at < 0 and len(data) < 1 << 16 else None
    lines = data[:at].lower().split(b"\r\n")
    if any(line.startswith(b"transfer-encoding:") and b"chunked" in line for line in lines):
        return None
    sizes = [line.partition(b":")[2].strip() for line in lines if line.startswith(b"content-length:")]
    return at + 4 + (int(sizes[0][:12]) if sizes and sizes[0].isdigit() else 0)


def ends_chunks(data: bytes) -> bool:
    """Tell whether a request whose body comes in chunks may have ended."""
    return data[-5:] == b"0\r\n\r\n"


def _numbers(data: bytes, at: int, width: int) -> tuple[list[int], int]:
    """Read a list of two-byte numbers that its size in bytes precedes; return it and where it ends."""
    size = int.from_bytes(data[at : at + width], "big")
    at += width
    part = data[at : at + size]
    return [int.from_bytes(part[one : one + 2], "big") for one in range(0, len(part) - 1, 2)], at + size


def _plain(numbers: list[int]) -> list[int]:
    return [one for one in numbers if one & 0x0F0F != 0x0A0A or one >> 8 != one & 0xFF]
