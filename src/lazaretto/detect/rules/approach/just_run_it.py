"""Nothing is asked but to start it.

What it sees
    The task is to start something and to tell how it looks: "just run it and send a screenshot", "five minutes,
    no coding".

Why it matters
    A test of skill wants work. Only an attack is finished when the program was started.

Example
    It takes five minutes: npm install, npm start, and send me a screenshot.

What to do
    Offer to read the code on the web page of the repository and to comment there.

False alarms
    Product people ask developers for impressions of a demo; those run in a browser.

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
    yield from match_said(view, N_("is interested in that it runs, not in what you write"), "just-run")


RULE = Rule(
    id="approach/just-run-it",
    title=N_("Nothing is asked but to start it"),
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
