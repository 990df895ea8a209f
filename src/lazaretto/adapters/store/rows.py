"""Values to rows and back: the one place that knows how a fact is spelled in the store (`schema.py`)."""

import calendar
import hashlib
import re
import time
from typing import Any, Final, TypedDict

import msgspec

from lazaretto.model.intel import (
    Coverage,
    Entity,
    Front,
    Indicator,
    PackageRecord,
    Reference,
    Relation,
    Scope,
    Sighting,
    Span,
    Tlp,
    Trust,
)

Row = tuple[Any, ...]

COVERAGES: Final = (
    Coverage.ALL, Coverage.LISTED, Coverage.HIJACKED, Coverage.STATED, Coverage.WATCH,
)  # fmt: skip
TRUSTS: Final = (Trust.LOW, Trust.MEDIUM, Trust.HIGH)
SCOPES: Final = (Scope.HOST, Scope.EXACT, Scope.CONTEXT, Scope.HUNT, Scope.TARGET)
TLPS: Final = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)
"""Words of closed sets as numbers: the place in these tuples. Only ever append."""
_COVERAGE = {word: number for number, word in enumerate(COVERAGES)}
_TRUST = {word: number for number, word in enumerate(TRUSTS)}
_SCOPE = {word: number for number, word in enumerate(SCOPES)}
_TLP = {word: number for number, word in enumerate(TLPS)}

NO_ADVISORY: Final = "campaign:"
"""How `ident` begins when there is no advisory."""
UNKNOWN: Final = "unknown"
"""A date that is there but not known."""

_FULL = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z")
_FIRST_SECOND: Final = 100_000_000
_encode = msgspec.json.Encoder().encode


class Body(msgspec.Struct, omit_defaults=True):
    """What is particular to an entity."""

    aliases: tuple[str, ...] = ()
    description: str = ""
    actor: str = ""
    techniques: tuple[str, ...] = ()
    ecosystems: tuple[str, ...] = ()
    fronts: tuple[Front, ...] = ()
    references: tuple[str, ...] = ()


_decode_body = msgspec.json.Decoder(Body).decode


def number_of(date: str) -> int:
    """Return an ISO date as the store's number; a date that is none gives 1, "at an unknown time"."""
    if not date:
        return 0
    if (match := _FULL.fullmatch(date)) is not None:
        year, month, day, hour, minute, second = map(int, match.groups())
        if 1 <= month <= 12 and 1 <= day <= 31:
            moment = calendar.timegm((year, month, day, hour, minute, min(second, 59)))
            if moment > _FIRST_SECOND:
                return moment
        return 1
    plain = date.replace("-", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) in (4, 6, 8) else 1


def date_of(number: int) -> str:
    """Return the store's number as an ISO date."""
    if number == 0:
        return ""
    if number == 1:
        return UNKNOWN
    if number >= _FIRST_SECOND:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(number))
    text = str(number)
    return "-".join(part for part in (text[:4], text[4:6], text[6:8]) if part)


def ident_of(record: PackageRecord) -> str:
    """Return the key of a record within its feed and name."""
    if record.advisory:
        return record.advisory
    told = ""
    if record.coverage is Coverage.STATED:  # lists without ids: one row for each statement
        told = "@" + hashlib.blake2b("\n".join(record.versions).encode(), digest_size=6).hexdigest()
    return f"{NO_ADVISORY}{record.campaign}{told}"


def package_row(record: PackageRecord, feed: int, read: int) -> Row:
    """Return a row of `package`."""
    row = (
        record.ecosystem, record.name, feed, ident_of(record), _COVERAGE[record.coverage], "\n".join(record.versions),
        "\n".join(map(span_text, record.spans)), record.campaign, record.source, number_of(record.date),
    )  # fmt: skip
    return row + _common(record, row, read)


def package_of(row: Row, feed: str) -> PackageRecord:
    """Return a record from a row of `package` (all columns in their order)."""
    ident = row[3]
    return PackageRecord(
        ecosystem=row[0],
        name=row[1],
        coverage=COVERAGES[row[4]],
        source=row[8] or feed,
        versions=tuple(row[5].split("\n")) if row[5] else (),
        advisory="" if ident.startswith(NO_ADVISORY) else ident,
        date=date_of(row[9]),
        campaign=row[7],
        spans=tuple(map(span_of, row[6].split("\n"))) if row[6] else (),
        feed=feed,
        **_told(row[10:]),
    )


def indicator_row(one: Indicator, feed: int, read: int) -> Row:
    """Return a row of `indicator`."""
    row = (one.kind, one.value, feed, one.campaign, _SCOPE[one.scope], one.role, one.via, one.source)
    return row + _common(one, row, read)


def indicator_of(row: Row, feed: str) -> Indicator:
    """Return an indicator from a row."""
    return Indicator(
        kind=row[0],
        value=row[1],
        scope=SCOPES[row[4]],
        source=row[7] or feed,
        role=row[5],
        via=row[6],
        campaign=row[3],
        feed=feed,
        **_told(row[8:]),
    )


def entity_row(one: Entity, feed: int, read: int) -> Row:
    """Return a row of `entity`."""
    body = Body(
        one.aliases, one.description, one.actor, one.techniques, one.ecosystems, one.fronts, one.references
    )  # fmt: skip
    row = (feed, one.id, one.kind, one.name, _encode(body).decode(), one.source)
    return row + _common(one, row, read)


def entity_of(row: Row, feed: str) -> Entity:
    """Return an entity from a row."""
    body = _decode_body(row[4])
    return Entity(
        kind=row[2],
        id=row[1],
        name=row[3],
        aliases=body.aliases,
        description=body.description,
        actor=body.actor,
        techniques=body.techniques,
        ecosystems=body.ecosystems,
        fronts=body.fronts,
        references=body.references,
        source=row[5] or feed,
        feed=feed,
        **_told(row[6:]),
    )


def relation_row(one: Relation, feed: int) -> Row:
    """Return a row of `relation`."""
    return feed, one.source, one.kind, one.target


def sighting_row(one: Sighting, feed: int, read: int) -> Row:
    """Return a row of `sighting`."""
    return feed, one.id, one.of, number_of(one.first_seen), number_of(one.last_seen), one.count, one.where, read


def reference_row(one: Reference, feed: int) -> Row:
    """Return a row of `reference`."""
    return feed, one.key, one.url, one.date, one.title, one.kind


def span_text(span: Span) -> str:
    """Return a span as one line: introduced, fixed and last, separated by tabs."""
    return f"{span.introduced}\t{span.fixed}\t{span.last}".rstrip("\t")


def span_of(text: str) -> Span:
    """Return a span from its line."""
    return Span(*text.split("\t"))


class _Told(TypedDict):
    """What every fact carries."""

    trust: Trust
    tlp: Tlp
    first_seen: str
    last_seen: str
    read: str
    expires: str
    withdrawn: str


def _told(columns: Row) -> _Told:
    """Read the columns that `_common` writes."""
    first, last, read, expires, withdrawn = map(date_of, columns[2:7])
    return {
        "trust": TRUSTS[columns[0]], "tlp": TLPS[columns[1]], "first_seen": first, "last_seen": last, "read": read,
        "expires": expires, "withdrawn": withdrawn,
    }  # fmt: skip


def _common(one: PackageRecord | Indicator | Entity, row: Row, read: int) -> Row:
    first, last = number_of(one.first_seen), number_of(one.last_seen)
    expires, withdrawn = number_of(one.expires), number_of(one.withdrawn)
    told = (_TRUST[one.trust], _TLP[one.tlp], first, last, expires, withdrawn)
    said = repr((row, told)).encode("utf-8", "surrogatepass")
    digest = int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big", signed=True)
    return (_TRUST[one.trust], _TLP[one.tlp], first, last, read, expires, withdrawn, digest)
