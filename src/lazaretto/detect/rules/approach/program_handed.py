"""A program is handed out.

What it sees
    The offer names a program, installer, disk image or script for a command line that is to be opened: `.exe`, `.msi`,
    `.dmg`, `.ps1`, `.bat`, `.apk` and the like.

Why it matters
    Contracts, tests and meetings are documents and pages. A program is the attack itself.

Example
    "The contract opens only in OfferViewer.exe."

What to do
    Do not open it. Ask for a PDF, or for a page.

False alarms
    Companies that make such programs and ask you to look at them.

References
    docs/offer.md; ATT&CK T1204.002.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_rule import match_said
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match, quoting the first place."""
    yield from match_said(view, N_("hands out a program or installer"), "hands-program")


RULE = Rule(
    id="approach/program-handed",
    title=N_("A program is handed out"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002", "T1566.003"),
    state="experimental",
)
