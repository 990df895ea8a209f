"""Pay comes in cryptocurrency.

What it sees
    Salary or fee are promised in USDT, USDC, bitcoin or tokens.

Why it matters
    It leaves no trace of an employer: no contract, no bank, no tax.

Example
    Weekly pay in USDT.

What to do
    Ask for the legal entity that signs the contract.

False alarms
    Honest companies of that trade do it, too.

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
    yield from match_said(view, N_("pays in cryptocurrency"), "crypto-pay")


RULE = Rule(
    id="approach/paid-in-crypto",
    title=N_("Pay comes in cryptocurrency"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003",),
    state="experimental",
)
