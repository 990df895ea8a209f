"""A version without the attestation that the one before it had.

What it sees
    The previous version was published with an attestation that says from which source and by which workflow it
    was built; this one was not.

Why it matters
    A stolen token can publish, but it cannot make the workflow of the project sign.

Example
    2.1.0 has provenance, 2.1.1 has none

What to do
    Compare the version with the tag in the repository, and ask the maintainers.

False alarms
    Maintainers publish by hand when a workflow is broken. It is context.

References
    SLSA; ATT&CK T1195.002.
"""

from collections.abc import Iterator

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(release: Release) -> Iterator[Match]:
    """One match when both are known and only the older one has it."""
    facts = release.facts
    if facts.previous_provenance and facts.provenance is False:
        yield Match(
            N_("version {previous} was published with an attestation of its build, this one without"),
            params={"previous": facts.previous},
        )


RULE = Rule(
    id="meta/provenance-lost",
    title=N_("A version without the attestation that the one before it had"),
    view=Release,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.002",),
    state="experimental",
)
