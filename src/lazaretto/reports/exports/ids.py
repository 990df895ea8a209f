"""Stable identifiers: the same fact has the same UUID in every export (RFC 9562, version 5)."""

from calendar import monthrange
from uuid import UUID, uuid5

NAMESPACE = UUID("6f0a4f0e-9a55-5f0e-8a1c-3d1f7a5b2c90")


def stable(*parts: str) -> str:
    """Return a UUID made of `parts`."""
    return str(uuid5(NAMESPACE, "\x1f".join(parts)))


def timestamp(day: str, *, last: bool = False) -> str:
    """Return the first (or last) day of an ISO date that may lack day and month, as STIX and OpenVEX write it."""
    given = day[:10].split("-")
    if last and len(given) < 3 and all(part.isdigit() for part in given):
        given = [given[0], *(given[1:] or ["12"])]
        given.append(str(monthrange(int(given[0]), int(given[1]))[1]))
    parts = [*given, "01", "01"][:3]
    good = all(part.isdigit() for part in parts) and len(parts[0]) == 4
    year, month, day_ = parts if good else ("1970", "01", "01")
    return f"{year}-{int(month):02}-{int(day_):02}T00:00:00.000Z"
