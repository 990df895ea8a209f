"""The candidate is to pay something.

What it sees
    A fee, deposit, training, equipment or gift cards are to be paid by the candidate.

Why it matters
    Work pays the worker. This is the oldest fraud with jobs.

Example
    A refundable deposit of 150 USDT activates your account.

What to do
    Do not pay.

False alarms
    What the company pays (travel, a visa) is not counted.

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
    yield from match_said(view, N_("wants you to pay a fee, deposit or purchase"), "fee")


RULE = Rule(
    id="approach/fee-asked",
    title=N_("The candidate is to pay something"),
    view=Approach,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1657", "T1566.003"),
    state="experimental",
)
