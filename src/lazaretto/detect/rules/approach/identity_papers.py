"""Papers or bank data before a contract.

What it sees
    Passport, identity card, resident number, account number or card are asked for while nothing is signed.

Why it matters
    They are sold, or used to work under your name.

Example
    Please send a photo of your passport to proceed to the interview.

What to do
    Give them after the contract, through the company's own system.

False alarms
    Papers for payroll after signing are not counted. Some Korean forms ask early.

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
    """One match, quoting the first place; none where a contract is signed."""
    if view.said("contract-signed"):
        return
    yield from match_said(
        view, N_("asks for identity papers or bank data before a contract"), "identity-papers", "bank-data"
    )


RULE = Rule(
    id="approach/identity-papers",
    title=N_("Papers or bank data before a contract"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1589.001", "T1566.003"),
    state="experimental",
)
