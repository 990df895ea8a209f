"""MISP events as JSON: one event, `{"response": [...]}` of several, or a list.

The event becomes a report; its attributes that are marked for detection (`to_ids`) become indicators, the others are
kept for hunting only, because MISP users note down victims and decoys there as well. Objects are attributes in groups.
Deleted attributes are withdrawn. Galaxies and tags give campaign names, TLP and ATT&CK ids.

Source: the MISP core format (draft-dulaunoy-misp-core-format), sections 2.2 to 2.8.
"""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from lazaretto.intel.feeds.feed import Document, DocumentError, Format, is_name, iso, json_of, short
from lazaretto.intel.feeds.values import value_of
from lazaretto.model.intel import Entity, Facts, Indicator, Reference, Scope, Tlp, Trust

Row = dict[str, Any]

_TYPES = frozenset({
    "domain", "hostname", "ip-src", "ip-dst", "url", "uri", "sha256", "sha1", "md5", "btc", "xmr", "email-src",
    "email-dst", "email", "domain|ip", "ip-dst|port", "ip-src|port", "hostname|port", "filename|sha256",
    "filename|sha1", "filename|md5", "dns-soa-email", "malware-sample", "chrome-extension-id",
})  # fmt: skip
_NAMES = {
    "filename": "file-name",
    "github-username": "github-account",
    "regkey": "registry-key",
    "user-agent": "user-agent",
}
_TECHNIQUE = re.compile(r"\bT\d{4}(?:\.\d{3})?\b")
_MOST = 500_000

_decode = msgspec.json.Decoder(dict[str, Any] | list[dict[str, Any]]).decode


def accepts(document: Document) -> bool:
    """Tell a MISP event."""
    head = document.data[:8192]
    return (b'"Event"' in head and b'"Attribute"' in document.data) or (
        b'"Attribute"' in document.data[:65536] and b'"to_ids"' in document.data
    )


def read(document: Document) -> Facts:
    """Read the events of one document."""
    try:
        found = _decode(json_of(document.data))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise DocumentError("not a MISP event") from error
    rows = found if isinstance(found, list) else found.get("response", [found])
    events = [row.get("Event", row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    events = [event for event in events if isinstance(event, dict) and ("Attribute" in event or "Object" in event)]
    if not events:
        raise DocumentError("a MISP document without events")
    indicators: dict[tuple[str, str, str], Indicator] = {}
    entities: list[Entity] = []
    references: list[Reference] = []
    rejected: list[str] = []
    skipped = 0
    for event in events:
        report = _report(event)
        entities.append(report)
        for row in _attributes(event):
            if row.get("type") == "link" and is_name(row.get("value")):
                references.append(Reference(row["value"], row["value"], report.first_seen[:10], "", "cited"))
                continue
            one = _indicator(row, report)
            if one is None:
                skipped += row.get("type") not in _TYPES | set(_NAMES)
                if row.get("type") in _TYPES:
                    rejected.append(f"{report.id}: an attribute whose value does not fit its type")
            else:
                indicators.setdefault((one.kind, one.value, one.campaign), one)
    return Facts(
        (), tuple(indicators.values()), tuple(entities), references=tuple(dict.fromkeys(references)),
        rejected=tuple(rejected), skipped=skipped,
    )  # fmt: skip


def _report(event: Row) -> Entity:
    tags = _tags(event)
    identity = str(event.get("uuid") or event.get("id") or "event")
    name = event.get("info")
    author = event.get("Orgc")
    return Entity(
        kind="report",
        id=identity if is_name(identity) else "event",
        name=short(name, 200) or identity[:100],
        techniques=tuple(dict.fromkeys(_TECHNIQUE.findall(" ".join(tags)))),
        source=short(author.get("name"), 100) if isinstance(author, dict) else "",
        trust=Trust.MEDIUM,
        first_seen=iso(event.get("date")),
        last_seen=_time(event.get("timestamp")),
        tlp=_tlp(tags),
    )


def _attributes(event: Row) -> list[Row]:
    groups = [event, *(row for row in event.get("Object") or [] if isinstance(row, dict))]
    rows = [row for group in groups for row in group.get("Attribute") or [] if isinstance(row, dict)]
    return rows[:_MOST]


def _indicator(row: Row, report: Entity) -> Indicator | None:
    kind, value = row.get("type"), row.get("value")
    if not isinstance(kind, str) or not isinstance(value, str):
        return None
    if kind in _NAMES:
        found = (_NAMES[kind], value.strip(), Scope.HUNT) if is_name(value) else None
    elif kind in _TYPES:
        part = value.rpartition("|")[2] if kind.startswith(("filename|", "malware-sample")) else value
        if kind.endswith("|port"):
            part = value.replace("|", ":")
        elif kind == "domain|ip":
            part = value.partition("|")[0]
        found = value_of(part)
    else:
        found = None
    if found is None:
        return None
    detects = row.get("to_ids") in (True, "1", 1)
    return Indicator(
        kind=found[0],
        value=found[1],
        scope=found[2] if detects else Scope.HUNT,
        source=report.source,
        trust=Trust.MEDIUM if detects else Trust.LOW,
        role=short(row.get("category"), 80),
        via=report.id,
        campaign=report.id,
        first_seen=iso(row.get("first_seen")) or report.first_seen,
        last_seen=iso(row.get("last_seen")),
        withdrawn=(_time(row.get("timestamp")) or "unknown") if row.get("deleted") in (True, "1", 1) else "",
        tlp=max(_tlp(_tags(row)), report.tlp, key=list(Tlp).index),
    )


def _tags(row: Row) -> list[str]:
    found = row.get("Tag")
    return [str(tag.get("name", "")) for tag in found[:500] if isinstance(tag, dict)] if isinstance(found, list) else []


def _tlp(tags: list[str]) -> Tlp:
    words = [
        tag.lower().removeprefix("tlp:").replace("white", "clear") for tag in tags if tag.lower().startswith("tlp:")
    ]
    return max((Tlp(word) for word in words if word in set(Tlp)), key=list(Tlp).index, default=Tlp.CLEAR)


def _time(value: object) -> str:
    try:
        seconds = int(str(value))
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if 0 < seconds < 1 << 34 else ""
    except (ValueError, OverflowError, OSError):
        return ""


FORMAT = Format(
    id="misp",
    title="MISP events",
    licence="",
    accepts=accepts,
    read=read,
)
