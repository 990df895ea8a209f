"""A version published by somebody new.

What it sees
    The account that published this version did not publish the one before it, and none of the accounts that
    could publish then is this one, as far as the registry tells.

Why it matters
    A package that changes hands changes its intentions with them; a stolen or bought package begins like this.

Example
    2.0.0 by one account, 2.0.1 by another that was added the day before

What to do
    Ask the former maintainers, or read what changed.

False alarms
    Teams publish by turns, and by machines. It is context.

References
    ATT&CK T1195.002, T1586.
"""

from collections.abc import Iterator

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(release: Release) -> Iterator[Match]:
    """One match when both publishers are known and differ."""
    facts = release.facts
    if (
        facts.publisher
        and facts.previous_publisher
        and facts.publisher != facts.previous_publisher
        and facts.publisher not in facts.previous_maintainers
    ):
        yield Match(
            N_("this version was published by {publisher}, version {previous} by {other}"),
            params={"publisher": facts.publisher, "previous": facts.previous, "other": facts.previous_publisher},
        )


RULE = Rule(
    id="meta/publisher-changed",
    title=N_("A version published by somebody new"),
    view=Release,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.002", "T1586"),
    state="experimental",
)
