"""A version number far beyond the one before it.

What it sees
    The first number has grown by 20 or more over the version below it, and neither is a year.

Why it matters
    A jump makes sure that the version is chosen wherever a range is open.

Example
    1.0.3, and then 69.0.0

What to do
    See what the maintainers say of it.

False alarms
    Some projects drop the leading zero, or adopt the number of a program that they follow. It is context.

References
    ATT&CK T1195.001.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_JUMP = 20
_YEAR = 1000
"""From here on a number is a date."""


def check(release: Release) -> Iterator[Match]:
    """One match when the order is known and the first number has leapt."""
    facts = release.facts
    now, before = _major(facts.version), _major(facts.previous)
    if now is not None and before is not None and now < _YEAR and now - before >= _JUMP:
        yield Match(
            N_("the version leapt from {previous} to {version}"),
            params={"previous": facts.previous, "version": facts.version},
        )


def _major(version: str) -> int | None:
    match = re.match(r"v?(\d{1,9})(?:\.|$)", version)
    return int(match[1]) if match else None


RULE = Rule(
    id="meta/version-jump",
    title=N_("A version number far beyond the one before it"),
    view=Release,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001",),
    state="experimental",
)
