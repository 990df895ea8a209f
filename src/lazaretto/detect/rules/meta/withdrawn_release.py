"""A version or package that was withdrawn.

What it sees
    The registry says that the version was yanked or deprecated, or that the whole project is quarantined.

Why it matters
    Operators quarantine what is reported as malicious; maintainers withdraw what was published in their name.

Example
    project-status: quarantined

What to do
    Do not install it before you know why.

False alarms
    Yanking and deprecation have many reasons: context. Quarantine is the registry's own doubt.

References
    PEP 592, PEP 792.
"""

from collections.abc import Iterator

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(release: Release) -> Iterator[Match]:
    """The gravest of the three."""
    facts = release.facts
    if facts.withdrawn:
        yield Match(
            N_("the registry has put the project into quarantine"),
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )
    elif facts.yanked:
        yield Match(N_("the version was yanked"))
    elif facts.deprecated:
        yield Match(N_("the version is deprecated: {reason}"), params={"reason": facts.deprecated})


RULE = Rule(
    id="meta/withdrawn-release",
    title=N_("A version or package that was withdrawn"),
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
