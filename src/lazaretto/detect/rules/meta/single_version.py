"""A package with one version only.

What it sees
    The registry has no other version of the package.

Why it matters
    Who publishes for an attack publishes once.

Example
    1.0.0, and nothing before or after

What to do
    Look at its age and its publisher.

False alarms
    Small finished packages. It is context.

References
    ATT&CK T1195.001.
"""

from collections.abc import Iterator

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(release: Release) -> Iterator[Match]:
    """One match when there is exactly one."""
    if release.facts.versions == 1:
        yield Match(N_("it is the only version of the package"))


RULE = Rule(
    id="meta/single-version",
    title=N_("A package with one version only"),
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
