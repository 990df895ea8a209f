"""Your name or account is to be lent.

What it sees
    The candidate shall rent out an account, attend interviews for others, or keep a computer running for
    somebody.

Why it matters
    It is how sanctioned workers get hired; who lends the name answers for it.

Example
    Use your Upwork account, you keep 20 percent.

What to do
    Refuse.

False alarms
    None is known.

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
    yield from match_said(view, N_("wants to work under your name or account"), "lend-account")


RULE = Rule(
    id="approach/account-lent",
    title=N_("Your name or account is to be lent"),
    view=Approach,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1586", "T1078"),
    state="experimental",
)
