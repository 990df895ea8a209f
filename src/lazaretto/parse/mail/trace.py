"""What servers wrote about a message on its way: Received (RFC 5321) and Authentication-Results (RFC 8601).

Which of the latter is to be believed: anybody may put such a header into a message, but not above the hop of the
reader's own provider. Headers are added on top, so the topmost one counts when everything above it was written by the
same organisation that it names (`mx.mail.test` and the hop `by mx1.mail.test`). A provider that writes no results and
leaves forged ones in cannot be told from one that writes its own; a forged header says "pass", so that proves little.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from lazaretto.model.mail import Authentication, AuthResult, Header, Hop
from lazaretto.parse.mail.fields import date
from lazaretto.parse.suffixes import organisation

HOPS = 200
RESULTS = 60

_BY = re.compile(r"(?:^|\s)by\s{1,5}([^\s;()]{1,255})")
_FROM = re.compile(r"^\s{0,5}from\s{1,5}([^\s;()]{1,255})\s{0,5}(?:\(([^()]{0,500}(?:\([^()]{0,300}\)[^()]{0,300})?))?")
_IP = re.compile(r"\[?(?:IPv6:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{2,43})\]?")
_HELO = re.compile(r"(?:helo|ehlo)[= ]([^\s()]{1,255})", re.IGNORECASE)
_COMMENT = re.compile(r"\(([^()]{0,2000})\)")
_METHOD = re.compile(r"^([A-Za-z0-9][\w-]{0,40})(?:/\d{1,3})?\s{0,5}=\s{0,5}([A-Za-z][\w-]{0,30})")
_PROPERTY = re.compile(r"([A-Za-z][\w-]{0,40}(?:\.[\w-]{1,60})?)\s{0,5}=\s{0,5}(\"[^\"]{0,500}\"|[^\s;\"]{1,500})")
_MICROSOFT = frozenset({"outlook.com", "hotmail.com", "office365.com"})


def hop(value: str, line: int) -> Hop:
    """Read one Received header; what is not there stays empty."""
    main, _, when = value[:4000].rpartition(";")
    main = main or value[:4000]
    by = _BY.search(main)
    sender = _FROM.match(main)
    helo = host = address = ""
    if sender:
        helo, note = sender[1].strip("[]"), sender[2] or ""
        if found := _IP.search(note):
            address = found[1].rstrip(".:")
            host = note[: found.start()].strip().rstrip("[(").strip()
        elif found := _IP.fullmatch(sender[1]):
            address = found[1]
        if called := _HELO.search(note):
            host, helo = (helo, called[1]) if not host or "=" in host else (host, called[1])
        host = host.partition(" ")[0].rstrip(".").lower()
        host = "" if host in ("unknown", "helo") or "=" in host else host
    return Hop(helo.lower(), host, address, by[1].rstrip(".").lower() if by else "", date(when), line)


def results(value: str) -> tuple[str, tuple[AuthResult, ...]]:
    """Read one Authentication-Results header: who says so (empty: nobody is named, as in Microsoft's), and what."""
    pieces = value[:8000].split(";")
    head = _COMMENT.sub(" ", pieces[0]).split()
    server = head[0].lower() if head and "=" not in pieces[0] else ""
    found: list[AuthResult] = []
    for piece in pieces[1 if server or not pieces[0].strip() else 0 :][:RESULTS]:
        comments = _COMMENT.findall(piece)
        bare = _COMMENT.sub(" ", piece).strip()
        match = _METHOD.match(bare)
        if match is None:
            continue
        told = {name.lower(): text.strip('"') for name, text in _PROPERTY.findall(bare[match.end() :])[:20]}
        note = told.get("reason", "") or (comments[0].strip() if comments else "")
        method = match[1].lower()
        found.append(
            AuthResult(
                method,
                match[2].lower(),
                domain=_subject(method, told),
                server=server,
                note=note[:300],
                selector=told.get("header.s", ""),
            )
        )
    return server, tuple(found)


def hops(headers: Sequence[Header]) -> tuple[Hop, ...]:
    """Read the Received headers, newest first; at most `HOPS`."""
    found = (header for header in headers if header.name == "received")
    return tuple(hop(header.value, header.line) for header in islice(found, HOPS))


def told(headers: Sequence[Header], sender: str) -> Authentication | None:
    """Read the topmost Authentication-Results header; `sender` is the domain of From. None when there is none."""
    above: list[Hop] = []
    top: Header | None = None
    below: Hop | None = None
    for header in headers:
        if header.name == "received" and top is None and len(above) < HOPS:
            above.append(hop(header.value, header.line))
        elif header.name == "received" and top is not None:
            below = hop(header.value, header.line)
            break
        elif header.name == "authentication-results" and top is None:
            top = header
    if top is None:
        return None
    server, found = results(top.value)
    return Authentication(
        tuple(replace(one, aligned=_aligned(one, sender)) for one in found), trusted_header=_own(server, above, below)
    )


def _subject(method: str, told: Mapping[str, str]) -> str:
    """Return the domain that a result is about."""
    names = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.helo"), "dmarc": ("header.from",)}
    value = next((told[name] for name in names.get(method, ("header.d", "header.from")) if told.get(name)), "")
    return value.rpartition("@")[2].strip("<>").lower().rstrip(".")[:255]


def _aligned(result: AuthResult, sender: str) -> bool | None:
    """Relaxed alignment (RFC 7489, section 3.1): the same organisation."""
    if result.method not in ("dkim", "spf") or not result.domain or not sender:
        return None
    return organisation(result.domain) == organisation(sender)


def _own(server: str, above: Sequence[Hop], below: Hop | None) -> bool:
    """Tell whether the header's writer is who wrote all the hops above it, or the one just below."""
    writers = [organisation(hop.by) for hop in above if hop.by and not _IP.fullmatch(hop.by)]
    if not writers and below is not None and below.by:
        writers = [organisation(below.by)]
    if not server:
        return bool(writers) and all(writer in _MICROSOFT for writer in writers)
    if not writers:
        return not above and below is None
    return all(writer == organisation(server) for writer in writers)
