"""An update brings hidden code.

What it sees
    A rule about concealment (obfuscated modules, code off the screen, invisible signs, disguised files) fires
    in the new version and did not in the old one.

Why it matters
    Honest projects do not begin to hide their code with a release.

Example
    lib/core.js is readable in 3.1.0 and a rotated string array in 3.1.1

What to do
    Compare the file with the repository of the project at the same tag.

False alarms
    A publisher switches to a commercial obfuscator. Alone it is context: the finding itself weighs what it
    weighs.

References
    ATT&CK T1027.
"""

from collections.abc import Iterator

from lazaretto.detect.change import Change
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(change: Change) -> Iterator[Match]:
    """One match for each place."""
    for finding in change.concealment:
        place = finding.locations[0]
        yield Match(
            N_("new in this version: code that is hidden ({rule})"),
            path=place.path,
            line=place.line,
            params={"rule": finding.rule},
            excerpt=finding.excerpt,
            phase=finding.phase,
            related=(finding.rule,),
        )


RULE = Rule(
    id="change/obfuscation-added",
    title=N_("An update brings hidden code"),
    view=Change,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027",),
    state="experimental",
)
