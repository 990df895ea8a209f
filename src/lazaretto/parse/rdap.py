"""Registries' answers about domains (RDAP): which registry to ask (RFC 9224), and what it says (RFC 9083).

Whoever fetched the documents is somebody else; both may lie, and are only believed in their shape.
"""

import json
import re
from dataclasses import dataclass
from datetime import date

SERVERS = 30
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Registration:
    """What a registry says of one domain; what it does not say is empty or None."""

    registered: date | None = None
    registrar: str = ""
    nameservers: tuple[str, ...] | None = None
    """Lower case, without the final dot."""
    status: tuple[str, ...] = ()


class RdapError(ValueError):
    """A document that has another shape. The text is one English phrase."""


def bootstrap(document: bytes) -> dict[str, tuple[str, ...]]:
    """Return, for each ending in lower case, the addresses of its registry, https first.

    Raises:
        RdapError: not a table of that shape.
    """
    table = _object(document)
    services = table.get("services")
    if not isinstance(services, list):
        raise RdapError("it has no list of services")
    found: dict[str, tuple[str, ...]] = {}
    for row in services[:5000]:
        if not isinstance(row, list) or len(row) < 2 or not all(isinstance(part, list) for part in row[:2]):
            continue
        urls = [url for url in row[1] if isinstance(url, str) and url.startswith(("https://", "http://"))]
        for ending in row[0]:
            if isinstance(ending, str) and urls:
                found[ending.lower()] = tuple(sorted(urls, key=lambda url: not url.startswith("https:")))
    return found


def servers(table: dict[str, tuple[str, ...]], domain: str) -> tuple[str, ...]:
    """Return the addresses for a domain: those of its longest ending that is in the table."""
    labels = domain.split(".")
    for at in range(1, len(labels)):
        if found := table.get(".".join(labels[at:])):
            return found
    return ()


def registration(document: bytes, domain: str) -> Registration:
    """Read an answer about `domain`.

    Raises:
        RdapError: not an answer about that domain.
    """
    answer = _object(document)
    if answer.get("objectClassName") != "domain":
        raise RdapError("it is no answer about a domain")
    name = answer.get("ldhName")
    if not isinstance(name, str) or name.lower().rstrip(".") != domain:
        raise RdapError("it is an answer about another domain")
    registered = None
    for event in _rows(answer, "events"):
        if event.get("eventAction") == "registration":
            registered = _date(event.get("eventDate"))
    hosts = [row.get("ldhName") for row in _rows(answer, "nameservers")]
    named = tuple(host.lower().rstrip(".")[:255] for host in hosts[:SERVERS] if isinstance(host, str))
    registrar = next((_name(row) for row in _rows(answer, "entities") if "registrar" in _texts(row, "roles")), "")
    return Registration(
        registered, registrar, named if "nameservers" in answer else None, tuple(_texts(answer, "status"))
    )


def _object(document: bytes) -> dict[str, object]:
    try:
        found = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise RdapError("it is no JSON") from error
    if not isinstance(found, dict):
        raise RdapError("it is no JSON object")
    return found


def _rows(value: dict[str, object], key: str) -> list[dict[str, object]]:
    rows = value.get(key)
    return [row for row in rows[:100] if isinstance(row, dict)] if isinstance(rows, list) else []


def _texts(value: dict[str, object], key: str) -> list[str]:
    rows = value.get(key)
    return [row[:100] for row in rows[:50] if isinstance(row, str)] if isinstance(rows, list) else []


def _date(value: object) -> date | None:
    match = _DATE.match(value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _name(entity: dict[str, object]) -> str:
    """Return the `fn` of an entity's jCard (RFC 7095)."""
    card = entity.get("vcardArray")
    if not isinstance(card, list) or len(card) < 2 or not isinstance(card[1], list):
        return ""
    for row in card[1][:50]:
        if isinstance(row, list) and len(row) >= 4 and row[0] == "fn" and isinstance(row[3], str):
            return row[3][:200]
    return ""
