"""A version that runs a script at installation, unlike the one before it.

What it sees
    By the registry, this version has a lifecycle script for installation and the version published before it
    had none.

Why it matters
    Hijacked packages are updated with exactly this.

Example
    no script in 2.4.0, `postinstall` in 2.4.1

What to do
    Read the script before you take the update.

False alarms
    Packages begin to ship native code. It is context.

References
    ATT&CK T1195.002.
"""

from collections.abc import Iterator

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(release: Release) -> Iterator[Match]:
    """One match when both are known."""
    facts = release.facts
    if facts.install_scripts and facts.previous_install_scripts == ():
        yield Match(
            N_("this version runs scripts at installation ({names}), version {previous} did not"),
            params={"names": ", ".join(facts.install_scripts), "previous": facts.previous},
        )


RULE = Rule(
    id="meta/install-script-added",
    title=N_("A version that runs a script at installation, unlike the one before it"),
    view=Release,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.002",),
    state="experimental",
)
