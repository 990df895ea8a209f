"""Passwords, keys or codes are asked for.

What it sees
    API keys, `.env` files, tokens, passwords or one-time codes are to be sent or entered.

Why it matters
    They open your accounts and those of your employer.

Example
    Put your API keys into .env and send it to us.

What to do
    Give none; use throw-away values.

False alarms
    "The password of the test is sent separately" reads alike.

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
    yield from match_said(view, N_("asks for passwords, keys or one-time codes"), "secret")


RULE = Rule(
    id="approach/credentials-asked",
    title=N_("Passwords, keys or codes are asked for"),
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
