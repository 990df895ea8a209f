"""Time is made short.

What it sees
    Hours instead of days, other candidates who are faster, a slot that closes, repeated pushing.

Why it matters
    Who hurries does not look.

Example
    The client is waiting, please finish within two hours.

What to do
    Take the time. A real team waits a day.

False alarms
    Honest offers have deadlines: it weighs little.

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
    yield from match_said(view, N_("puts you under time pressure"), "urgent")


RULE = Rule(
    id="approach/pressure",
    title=N_("Time is made short"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003",),
    state="experimental",
)
