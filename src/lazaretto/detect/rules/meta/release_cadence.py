"""Many versions within an hour, or one after years of silence.

What it sees
    Five versions or more were published within the hour that ends with this one; or the version before it is
    two years old or older.

Why it matters
    Attacks are tried out in public, version by version. A sleeping package whose account was taken over wakes
    up.

Example
    six versions between 14:02 and 14:40

What to do
    Read what changed.

False alarms
    Broken release scripts; maintainers who come back. It is context.

References
    ATT&CK T1195.002.
"""

from collections.abc import Iterator
from datetime import timedelta

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

MANY = 5
SLEEP = timedelta(days=730)
FRESH = timedelta(days=30)


def check(release: Release) -> Iterator[Match]:
    """At most one match of each kind; a wake-up that everybody has had time to look at no longer counts."""
    facts = release.facts
    if facts.within_hour >= MANY:
        yield Match(N_("{count} versions were published within an hour"), params={"count": facts.within_hour})
    if (
        facts.published is not None
        and facts.previous_published is not None
        and (silence := facts.published - facts.previous_published) >= SLEEP
        and release.now - facts.published < FRESH
    ):
        yield Match(N_("nothing was published in the {years} years before it"), params={"years": silence.days // 365})


RULE = Rule(
    id="meta/release-cadence",
    title=N_("Many versions within an hour, or one after years of silence"),
    view=Release,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.002",),
    state="experimental",
)
