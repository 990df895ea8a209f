"""An unknown meeting or test program is to be installed.

What it sees
    An interview or assessment needs a program that is none of the known ones and comes by a link.

Why it matters
    False meeting programs are malware with a logo.

Example
    Download our interview client from the link to join.

What to do
    Offer a call on a service that runs in the browser.

False alarms
    Small vendors of proctoring software.

References
    docs/offer.md; FBI PSA I-090324-PSA (2024); ATT&CK T1566.003.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_rule import match_said
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match, quoting the first place."""
    yield from match_said(view, N_("wants a meeting or test program of its own installed"), "meeting-app")


RULE = Rule(
    id="approach/unknown-meeting-app",
    title=N_("An unknown meeting or test program is to be installed"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002", "T1566.003"),
    state="experimental",
)
