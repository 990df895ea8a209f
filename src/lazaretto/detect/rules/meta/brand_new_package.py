"""A package that is only days old.

What it sees
    The first version of the package was published less than 30 days ago, by the registry.

Why it matters
    Packages made for an attack are young: most are found and removed within days.

Example
    first published three days ago

What to do
    Wait, or read it whole; it is short.

False alarms
    Every package was new once. It is context.

References
    ATT&CK T1195.001.
"""

from collections.abc import Iterator
from datetime import timedelta

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

YOUNG, YOUNGER = timedelta(days=30), timedelta(days=7)


def check(release: Release) -> Iterator[Match]:
    """One match when the age is known and small."""
    age = release.age
    if age is not None and age < YOUNG:
        yield Match(
            N_("the package was first published {days} days ago"),
            params={"days": max(0, age.days)},
            confidence=Confidence.MEDIUM if age < YOUNGER else Confidence.LOW,
        )


RULE = Rule(
    id="meta/brand-new-package",
    title=N_("A package that is only days old"),
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
