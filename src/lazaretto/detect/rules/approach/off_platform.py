"""The talk is to move to a messenger.

What it sees
    The talk shall continue on Telegram, WhatsApp, Discord, KakaoTalk or the like, or a link leads there.

Why it matters
    There the network's own checks, reports and records end.

Example
    Let us continue on Telegram, I answer faster there.

What to do
    Stay where you were found, or ask for a mail from the company's domain.

False alarms
    Ordinary in East Asia and among freelancers: it weighs little.

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
    yield from match_said(view, N_("moves the talk to a messenger"), "off-platform")


RULE = Rule(
    id="approach/off-platform",
    title=N_("The talk is to move to a messenger"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003",),
    state="experimental",
)
