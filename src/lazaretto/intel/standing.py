"""What all records of one name together say of one version.

    hit       a live record lists the version, holds it in a span, or says that every version is malicious
    made      no list exists anywhere, and the name was made for a campaign
    unsure    a record's span cannot be compared with the version
    named     the name belongs to a campaign; its malicious versions are others (or none is shown)
    other     records state other versions of the name, and say nothing of this one
    nothing   no live record

A withdrawn or expired record never counts; `intel show` and `intel match` still tell of it. Among several hits the one
that names a campaign and is believed most speaks. A record that states versions knows more than one that has none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from typing import TypeVar

from lazaretto.ecosystems.ranges import holds
from lazaretto.model.intel import Coverage, Indicator, PackageRecord, Trust

R = TypeVar("R", PackageRecord, Indicator)


class Standing(IntEnum):
    """The answer, weakest first."""

    NOTHING = 0
    OTHER = 1
    NAMED = 2
    UNSURE = 3
    MADE = 4
    HIT = 5


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer and the record that gives it."""

    standing: Standing
    record: PackageRecord | None = None


_TRUST = list(Trust)


def is_live(record: PackageRecord | Indicator, now: str) -> bool:
    """Tell whether a record counts at `now` (ISO 8601, UTC). A day of expiry counts to its end."""
    if record.withdrawn:
        return False
    expires = record.expires
    if not expires:
        return True
    return now < expires if len(expires) > 10 else now[: len(expires)] <= expires


def iso_now(now: datetime) -> str:
    """Return a moment as records spell it."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decide(version: str, records: Sequence[PackageRecord]) -> Decision:
    """Weigh the live records of one name against one exact version."""
    best = Decision(Standing.NOTHING)
    listed = [record for record in records if record.versions or record.spans]
    for record in records:
        standing = _standing(record, version)
        if standing is Standing.MADE and listed:
            stated = max(listed, key=_weight)
            campaign = record.campaign or stated.campaign
            record = replace(stated, coverage=Coverage.LISTED, campaign=campaign)
            standing = Standing.NAMED
        if _rank(standing, record) > _rank(best.standing, best.record):
            best = Decision(standing, record)
    return best


def _standing(record: PackageRecord, version: str) -> Standing:
    if record.coverage is Coverage.WATCH:
        return Standing.NAMED
    if record.everything:
        return Standing.HIT
    held = holds(record.ecosystem, version, record.versions, record.spans)
    if held:
        return Standing.HIT
    if record.coverage is Coverage.ALL:
        return Standing.MADE
    if held is None:
        return Standing.UNSURE
    return Standing.NAMED if record.coverage is Coverage.LISTED else Standing.OTHER


def _rank(standing: Standing, record: PackageRecord | None) -> tuple[int, bool, bool, bool, int, bool]:
    if record is None:
        return standing, False, False, False, 0, False
    shown, sure = record.coverage is not Coverage.WATCH, record.trust is not Trust.LOW
    return standing, shown, sure, bool(record.campaign), _TRUST.index(record.trust), bool(record.advisory)


def _weight(record: PackageRecord) -> tuple[bool, int]:
    return bool(record.campaign), _TRUST.index(record.trust)


def live(records: Iterable[R], now: str) -> list[R]:
    """Return the facts that count."""
    return [record for record in records if is_live(record, now)]
