"""Code is to be run while you are on the call.

What it sees
    The candidate is to clone, install or start a project during the interview.

Why it matters
    Under the eyes of an interviewer nobody reads a `package.json` first; reports tell of exactly this.

Example
    During the call you will clone our repository and run it while sharing your screen.

What to do
    Ask for the code a day before, or work in an online editor.

False alarms
    Live coding is usual. On known sites, or in an editor of the browser, it is not counted.

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
    """One match, quoting the first place; none for code of one's own."""
    if view.said("own-code"):
        return
    yield from match_said(view, N_("wants code opened or run during the call, with the screen shared"), "live-run")


RULE = Rule(
    id="approach/run-during-call",
    title=N_("Code is to be run while you are on the call"),
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
