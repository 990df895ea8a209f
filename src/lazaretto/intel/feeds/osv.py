"""OSV records of malicious packages: OpenSSF malicious-packages, OSV's bucket, and whoever uses the same shape.

Only records about malice are taken over (`MAL-` ids, CWE-506, or the feed's own word); ordinary vulnerabilities are
counted as skipped. What a record says of versions:

    a range "introduced 0" without an end   every version, even when a list of versions is given as well
    other ranges                            exactly those stretches, for instance of a hijacked project
    a list of versions alone                exactly those
    neither                                 nothing that can be matched: rejected, and told

A withdrawn record is kept, marked, and matches nothing. Source: OSV schema 1.7.
"""

from dataclasses import replace

import msgspec

from lazaretto.ecosystems.ranges import canonical, world
from lazaretto.intel.feeds.feed import (
    MOST_VERSIONS,
    Document,
    DocumentError,
    Format,
    is_name,
    is_version,
    iso,
    json_of,
)
from lazaretto.model.intel import Coverage, Facts, PackageRecord, Span, Trust

OTHER_IDS = ("GHSA-", "CVE-", "PYSEC-", "RUSTSEC-", "GO-", "OSV-", "GSD-", "DSA-", "USN-")
"""Ids of vulnerability databases: their documents need not even be parsed."""


class Event(msgspec.Struct):
    """One event of a range."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class Range(msgspec.Struct):
    """One range."""

    type: str | None = None
    events: list[Event] | None = None


class Package(msgspec.Struct):
    """The package of an `affected` entry."""

    ecosystem: str | None = None
    name: str | None = None


class Affected(msgspec.Struct):
    """One package of a record."""

    package: Package | None = None
    ranges: list[Range] | None = None
    versions: list[str | None] | None = None
    database_specific: msgspec.Raw = msgspec.Raw(b"")


class Record(msgspec.Struct):
    """The parts of a record that are heeded."""

    id: str
    modified: str | None = None
    published: str | None = None
    withdrawn: str | None = None
    summary: str | None = None
    affected: list[Affected] | None = None
    database_specific: msgspec.Raw = msgspec.Raw(b"")


_decode = msgspec.json.Decoder(Record).decode


def accepts(document: Document) -> bool:
    """Tell an OSV record by its keys."""
    head = document.data[:65536]
    return b'"affected"' in document.data and b'"id"' in head and b'"type": "bundle"' not in head[:200]


def read(document: Document) -> Facts:
    """Read one record."""
    name = document.name.rpartition("/")[2]
    if name.startswith(OTHER_IDS):
        return Facts(skipped=1)
    record = parse(document.data)
    if not is_malice(record):
        return Facts(skipped=1)
    return facts(record)


def parse(data: bytes) -> Record:
    """Decode one record.

    Raises:
        DocumentError: no OSV record.
    """
    try:
        record = _decode(json_of(data))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise DocumentError("not an OSV record") from error
    if not is_name(record.id):
        raise DocumentError("an OSV record without a usable id")
    return record


def is_malice(record: Record) -> bool:
    """Tell a record about a malicious package from one about a vulnerability."""
    if record.id.startswith("MAL-"):
        return True
    if record.id.startswith(OTHER_IDS) and not (record.summary or "").lower().startswith("malware in "):
        return False
    parts = [record.database_specific, *(entry.database_specific for entry in record.affected or ())]
    told = b"".join(map(bytes, parts))
    return b"CWE-506" in told or b"malicious-packages-origins" in told


def facts(record: Record, trust: Trust = Trust.HIGH, campaign: str = "") -> Facts:
    """Turn a record into facts."""
    packages: list[PackageRecord] = []
    rejected: list[str] = []
    entries = record.affected or []
    for entry in entries:
        try:
            packages.append(_package(record, entry, trust, campaign))
        except DocumentError as error:
            rejected.append(f"{record.id}: {error}")
    if not entries:
        rejected.append(f"{record.id}: names no package")
    return Facts(packages=_merged(packages), rejected=tuple(rejected))


def _package(record: Record, entry: Affected, trust: Trust, campaign: str) -> PackageRecord:
    package = entry.package
    if package is None or not is_name(package.name) or not is_name(package.ecosystem):
        raise DocumentError("a package without a usable name")
    ecosystem = world(package.ecosystem or "")
    given = [version for version in entry.versions or () if version is not None]
    if len(given) > MOST_VERSIONS or not all(map(is_version, given)):
        raise DocumentError("versions that no registry would take")
    spans = tuple(span for part in entry.ranges or () if part.type != "GIT" for span in spans_of(part.events or []))
    if not given and not spans:
        raise DocumentError("neither versions nor ranges")
    return PackageRecord(
        ecosystem=ecosystem,
        name=canonical(ecosystem, package.name or ""),
        coverage=Coverage.ALL if any(span.everything for span in spans) else Coverage.STATED,
        source="",
        trust=trust,
        versions=tuple(dict.fromkeys(given)),
        advisory=record.id,
        date=iso(record.published)[:10],
        campaign=campaign,
        spans=tuple(dict.fromkeys(spans)),
        first_seen=iso(record.published),
        last_seen=iso(record.modified),
        withdrawn=iso(record.withdrawn) or ("unknown" if record.withdrawn else ""),
    )


def spans_of(events: list[Event]) -> list[Span]:
    """Pair the events of one range; each `introduced` opens a span, `fixed` or `last_affected` ends it."""
    result: list[Span] = []
    opened = ""
    if len(events) == 2 and events[0].introduced is None:  # the schema does not promise an order
        events = [events[1], events[0]]
    for event in events:
        if not all(
            value is None or is_version(value) for value in (event.introduced, event.fixed, event.last_affected)
        ):
            raise DocumentError("a range that no registry would understand")
        if event.introduced is not None:
            if opened:
                result.append(Span(opened))
            opened = event.introduced
        fixed = event.fixed or (event.limit if event.limit not in (None, "*") else None)
        if opened and (fixed or event.last_affected):
            result.append(Span(opened, fixed or "", "" if fixed else event.last_affected or ""))
            opened = ""
    if opened:
        result.append(Span(opened))
    return result


def _merged(packages: list[PackageRecord]) -> tuple[PackageRecord, ...]:
    """Join entries of one record about the same package: some list every version in an entry of its own."""
    result: dict[tuple[str, str], PackageRecord] = {}
    for one in packages:
        key = one.ecosystem, one.name
        if (before := result.get(key)) is not None:
            one = _joined(before, one)
        result[key] = one
    return tuple(result.values())


def _joined(one: PackageRecord, other: PackageRecord) -> PackageRecord:
    return replace(
        one,
        versions=tuple(dict.fromkeys((*one.versions, *other.versions))),
        spans=tuple(dict.fromkeys((*one.spans, *other.spans))),
        coverage=Coverage.ALL if Coverage.ALL in (one.coverage, other.coverage) else one.coverage,
    )


FORMAT = Format(
    id="osv",
    title="OSV records of malicious packages",
    licence="Apache-2.0 (OpenSSF malicious-packages); other senders say their own",
    accepts=accepts,
    read=read,
)
