"""A package that says nothing about itself.

What it sees
    Neither a summary nor a longer text is registered.

Why it matters
    Who writes for users describes; throw-away packages are empty.

Example
    "description": ""

What to do
    Ask where the name comes from.

False alarms
    Internal and unfinished packages. It is context.

References
    ATT&CK T1195.001.
"""

from collections.abc import Iterator

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(release: Release) -> Iterator[Match]:
    """One match when the registry was asked and has no text."""
    if release.facts.has_description is False:
        yield Match(N_("the package has no description"))


RULE = Rule(
    id="meta/empty-description",
    title=N_("A package that says nothing about itself"),
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
