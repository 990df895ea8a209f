"""Code is to be run before anybody has talked to you.

What it sees
    The offer puts downloading, running or a task before the first talk, or makes the talk depend on it.

Why it matters
    Whoever wants the code to run does not want to be seen. A team that hires talks to people.

Example
    Before our call, please clone the project and make sure that it starts.

What to do
    Ask for a short video call first, with somebody whose name is on the company's own page.

False alarms
    Some companies send a test first. Tests on a known assessment site are not counted.

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
    yield from match_said(view, N_("wants code run or a task done before any live talk"), "before-talk")


RULE = Rule(
    id="approach/code-before-talk",
    title=N_("Code is to be run before anybody has talked to you"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002", "T1566.003"),
    state="experimental",
)
