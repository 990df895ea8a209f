"""Times of publication; shared by the registries' documents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Dates:
    """Where one version stands among all."""

    published: datetime | None
    first: datetime | None
    """Of all versions."""
    before: datetime | None
    """Of the version published last before this one, whatever its number; None when it is the first."""
    within_hour: int
    """Versions published in the hour up to this one, itself included; 0 = not told."""


def instant(text: object) -> datetime | None:
    """Read an RFC 3339 time as registries write it; None for anything else. Without a zone it is UTC."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    # The two spellings of the public registries need no second look: a document has thousands of them.
    usual = len(text) in (24, 27) and text[10] == "T" and text[19] == "." and text[-1] == "Z" and text.isascii()
    if not usual and not _TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def dates(times: Mapping[str, datetime], version: str) -> Dates:
    """Place `version` among `times` (version -> publication)."""
    published = times.get(version)
    first = min(times.values(), default=None)
    if published is None:
        return Dates(None, first, None, 0)
    before = max((moment for name, moment in times.items() if name != version and moment <= published), default=None)
    within = sum(published - _HOUR <= moment <= published for moment in times.values())
    return Dates(published, first, before, within)
