"""A wallet's secret is asked for.

What it sees
    A seed phrase, recovery phrase, mnemonic or private key is to be entered, sent or imported.

Why it matters
    Whoever has it has the money. No employer needs it.

Example
    Import your seed phrase so that we can verify your experience.

What to do
    Never give it. If you have, move the funds to a new wallet from another device at once.

False alarms
    Questions about how keys work, and sentences that warn, are not counted.

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
    yield from match_said(view, N_("asks for a seed phrase, private key or the like"), "seed")


RULE = Rule(
    id="approach/wallet-secret",
    title=N_("A wallet's secret is asked for"),
    view=Approach,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003", "T1657"),
    state="experimental",
)
