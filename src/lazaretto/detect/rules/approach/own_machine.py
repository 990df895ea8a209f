"""It must run on your own computer.

What it sees
    The code is to be run locally, on the personal or the work computer.

Why it matters
    There are the wallets, the tokens and the keys of the employer.

Example
    Please use your usual development laptop for this.

What to do
    Answer that you test in an isolated machine. A real team agrees.

False alarms
    Honest tests say "locally", too: it weighs little without the other signs.

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
    yield from match_said(view, N_("insists on your own computer"), "own-machine")


RULE = Rule(
    id="approach/own-machine",
    title=N_("It must run on your own computer"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002",),
    state="experimental",
)
