"""Find recorded values in the bytes of a file, fast, and say exactly where.

One pass by YARA-X tells that a file holds none of them, which is so for nearly all. For the others:
one pass folds the bytes to lower case and turns separators into spaces; splitting then gives every host name,
address, digest and account as one token, and a set intersection (all in C) tells which of them are recorded.
Hosts are found by their end (`.cloud`, `.app`, ...) so that hosts below a recorded one are seen as well.
Only what is left is looked at in Python: is the whole value there, in its proper surroundings?

Addresses that are written in Base64 (`aHR0c...`) or in hexadecimal digits are decoded and looked at too, because
the loaders of this kind of campaign seldom write them plainly.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lazaretto.intel.index import FOLD, Index
from lazaretto.model.intel import Indicator, Scope
from lazaretto.parse.prefilter import Held, Terms

CHUNK = 1 << 20
"""Bytes folded at once: bounds the memory of a huge file."""
PLACES = 5
"""Places that are reported for one value."""
ENCODED_RUNS = 200
"""Encoded addresses that are decoded in one file."""
ENCODED_CHARS = 2000
"""Longest encoded address that is decoded."""

_BASE64 = re.compile(rb"aHR0c[A-Za-z0-9+/_-]{12,}={0,2}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_HEX = re.compile(rb"68747470(?:[0-9a-fA-F]{2}){8,}")
_ACCOUNT_BEFORE = re.compile(
    rb"(?:github\.com|githubusercontent\.com|github\.io)[/:]$|github:$|git@github\.com:$", re.IGNORECASE
)
_NPM_FILES = ("package.json", ".package-lock.json", "package-lock.json")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One recorded value in one file."""

    indicators: tuple[Indicator, ...]
    """All that record this value; more than one when several campaigns share it."""
    offsets: tuple[int, ...]
    """Byte offsets, at least one, in order."""
    address: bool
    """True when it stands in an address (`scheme://`) or was found encoded."""
    encoded: bool = False
    loose: bool = False
    """True when only part of it is the same: the address with another port."""


ENCODED = Terms((b"aHR0c", b"68747470"))
"""One of these stands in every file that `_decoded` finds something in."""


def sightings(data: bytes, name: str, index: Index, held: Held | None = None) -> Iterator[Sighting]:
    """Yield what of `index` stands in `data`, each value once; `name` is the file's name in lower case.

    `data` must be in an ASCII-compatible encoding; `held` is what is known of its words already.
    """
    absent = held is not None and held.any_of(index.words.terms) is False
    if absent and held is not None and held.any_of(ENCODED) is False:
        return
    seen: set[str] = set()
    for found in () if absent else _plain(data, name, index):
        key = found.indicators[0].value
        if key not in seen:
            seen.add(key)
            yield found
    for offset, decoded in _decoded(data):
        for found in _plain(decoded, name, index):
            key = found.indicators[0].value
            if key not in seen:
                seen.add(key)
                yield Sighting(found.indicators, (offset,), address=True, encoded=True, loose=found.loose)


def _plain(data: bytes, name: str, index: Index) -> Iterator[Sighting]:
    if not index.words.may_stand_in(data):
        return
    tokens: set[bytes] = set()
    hosts: dict[bytes, list[int]] = {}
    for start, folded in _folded(data):
        tokens.update(index.wanted.intersection(folded.split()))
        for match in index.host_end.finditer(folded):
            begin = folded.rfind(b" ", 0, match.start()) + 1
            host = _unescaped(data, start + begin, folded[begin : match.end()])
            places = hosts.setdefault(host, [])
            if len(places) < PLACES:
                places.append(start + match.end() - len(host))
    for host, places in hosts.items():
        if recorded := _recorded_host(host, index):
            yield Sighting(recorded, tuple(places), address=any(_in_address(data, place) for place in places))
    for token in sorted(tokens):
        yield from _verified(data, name, index.tokens[token], token)


def _folded(data: bytes) -> Iterator[tuple[int, bytes]]:
    start = 0
    while start < len(data):
        end = min(start + CHUNK, len(data))
        folded = data[start:end].translate(FOLD)
        if end < len(data):  # never cut a token, unless it fills the whole chunk
            cut = folded.rfind(b" ") + 1
            folded = folded[:cut] if cut else folded
        yield start, folded
        start += len(folded)


def _unescaped(data: bytes, begin: int, host: bytes) -> bytes:
    r"""Drop what belongs to an escape before the host: `\nhost`, `%2Fhost`."""
    before = data[begin - 1 : begin] if begin else b""
    if before == b"\\" and host[:1] in (b"n", b"r", b"t"):
        host = host[1:]
    elif before == b"%":
        host = host[2:]
    return host.lstrip(b".-_")


def _recorded_host(host: bytes, index: Index) -> tuple[Indicator, ...]:
    if found := index.hosts.get(host):
        return found
    for _ in range(8):
        _, dot, host = host.partition(b".")
        if not dot:
            break
        if found := tuple(one for one in index.hosts.get(host, ()) if one.scope is Scope.HOST):
            return found
    return ()


def _in_address(data: bytes, place: int) -> bool:
    before = data[max(0, place - 3) : place]
    return before.endswith((b"//", b"\\/", b"@")) or data[place - 1 : place] == b"."


def _verified(data: bytes, name: str, indicators: tuple[Indicator, ...], token: bytes) -> Iterator[Sighting]:
    places = list(_places(data, token))
    by_value: dict[str, list[Indicator]] = {}
    for indicator in indicators:
        by_value.setdefault(indicator.value, []).append(indicator)
    exact = False
    for same in sorted(by_value.values(), key=lambda found: -len(found[0].value)):
        hits = [place for place in places if _stands(data, name, same[0], place, token)]
        if hits and not (exact and same[0].kind == "ipv4"):
            exact = exact or same[0].kind in ("ipv4", "ipv4-port", "url")
            yield Sighting(tuple(same), tuple(hits[:PLACES]), address=any(_in_address(data, hit) for hit in hits))
    ports = [same[0] for same in by_value.values() if same[0].kind == "ipv4-port"]
    if places and ports and not exact:
        yield Sighting(
            (ports[0],), tuple(places[:PLACES]), address=any(_in_address(data, hit) for hit in places), loose=True
        )


def _places(data: bytes, token: bytes) -> Iterator[int]:
    """Offsets at which `token` stands as a whole token, at most 50 in each chunk."""
    for start, folded in _folded(data):
        at, count = -1, 0
        while (at := folded.find(token, at + 1)) >= 0 and count < 50:
            end = at + len(token)
            if (at == 0 or folded[at - 1] == 32) and (end == len(folded) or folded[end] in b" ."):
                count += 1
                yield start + at


def _stands(data: bytes, name: str, indicator: Indicator, place: int, token: bytes) -> bool:
    """Tell whether the whole value is there, and where it has to be."""
    value = indicator.value.encode()
    match indicator.kind:
        case "ipv4" | "browser-extension" | "file-name":
            return True
        case "ipv4-port":
            after = data[place + len(token) : place + len(token) + 60]
            port = value.rpartition(b":")[2]
            return re.match(rb"[^0-9\r\n]{1,40}?" + port + rb"(?![0-9])", after) is not None
        case "wallet":
            hexadecimal = value.startswith(b"0x")
            return hexadecimal or data[place : place + len(value)] == value
        case "github-account":
            return _ACCOUNT_BEFORE.search(data[max(0, place - 30) : place]) is not None
        case "npm-account":
            return name in _NPM_FILES
        case "url":
            host, _, rest = value.partition(b"/")
            near = data[max(0, place - 300) : place + 300]
            if b"?" in rest:
                return host in near.lower()  # the telling token is an id; parameters come in any order
            path = re.escape(rest) + rb"(?![A-Za-z0-9_-])"
            return re.search(re.escape(host) + rb"\\?/" + path.replace(b"/", rb"\\?/"), near) is not None
        case "marker" if indicator.scope is Scope.CONTEXT:
            return name.startswith(("license", "licence", "copying")) and value in data
        case "marker":
            at = value.lower().find(token)
            begin = place - at
            if value[:2].isalnum() and len(value) == len(token):
                return True
            return begin >= 0 and data[begin : begin + len(value)] == value
        case _:
            return True


def _decoded(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (offset, plain bytes) of encoded addresses."""
    if b"aHR0c" in data:
        for count, match in enumerate(_BASE64.finditer(data)):
            if count >= ENCODED_RUNS:
                break
            text = match.group()[:ENCODED_CHARS].rstrip(b"=").translate(_URL_SAFE)
            text = text[:-1] if len(text) % 4 == 1 else text
            yield match.start(), base64.b64decode(text + b"=" * (-len(text) % 4))
    if b"68747470" in data:
        for count, match in enumerate(_HEX.finditer(data)):
            if count >= ENCODED_RUNS:
                break
            yield match.start(), bytes.fromhex(match.group()[:ENCODED_CHARS].decode())
