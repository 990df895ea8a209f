"""Your wallet is to be connected.

What it sees
    The candidate shall connect, unlock or fund a wallet, or sign with it, to try something out.

Why it matters
    A signature can give away everything in the wallet, and the extension's files are what the malware takes.

Example
    Connect your MetaMask and make sure that there is some ETH in it.

What to do
    Use no wallet, or an empty one on an isolated machine.

False alarms
    Tasks to build such a feature, and test networks, are not counted.

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
    yield from match_said(view, N_("wants your own wallet connected, funded or used"), "wallet")


RULE = Rule(
    id="approach/wallet-connected",
    title=N_("Your wallet is to be connected"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1657", "T1566.003"),
    state="experimental",
)
