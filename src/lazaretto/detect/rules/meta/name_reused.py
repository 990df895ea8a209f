"""A name that was deleted and published again.

What it sees
    Versions that are older than every version there is now were published once and are gone.

Why it matters
    Names of deleted packages are taken over by strangers: whoever still asks for the name gets their code.

Example
    0.1.0 to 0.4.2 were removed; 1.0.0 was published later

What to do
    Ask whether the publisher is the one from before.

False alarms
    Maintainers delete their first attempts. It is context.

References
    ATT&CK T1195.001.
"""

from collections.abc import Iterator

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(release: Release) -> Iterator[Match]:
    """One match when the registry still tells of older versions."""
    count = release.facts.removed_before_first
    if count:
        yield Match(
            N_("{count} older versions were removed before the oldest one that is there now was published"),
            params={"count": count},
        )


RULE = Rule(
    id="meta/name-reused",
    title=N_("A name that was deleted and published again"),
    view=Release,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001",),
    state="experimental",
)
