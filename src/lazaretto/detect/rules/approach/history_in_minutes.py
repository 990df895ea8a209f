"""A history that was made in minutes.

What it sees
    All commits (three or more) were written within 30 minutes, or the only commit holds everything.

Why it matters
    A project that was worked on has a history; a lure is pushed once.

Example
    Three branches and nine commits within three minutes.

What to do
    Ask whose work it is; look at the pages of its authors.

False alarms
    Tests are often squashed before they are handed out. It weighs little.

References
    docs/offer.md; ATT&CK T1585.003.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

MINUTES = 30


def check(view: Approach) -> Iterator[Match]:
    """One match for each repository."""
    for history in view.case.histories:
        times = [commit.committed for commit in history.commits]
        if len(times) >= 3 and history.complete and (max(times) - min(times)).total_seconds() <= MINUTES * 60:
            minutes = max(1, round((max(times) - min(times)).total_seconds() / 60))
            yield Match(
                N_("all {n} commits were made within {minutes} minutes"),
                path=history.name,
                params={"n": len(times), "minutes": minutes},
            )
        elif len(times) == 1 and history.complete:
            yield Match(N_("the whole history is one commit"), path=history.name, confidence=Confidence.LOW)


RULE = Rule(
    id="approach/history-in-minutes",
    title=N_("A history that was made in minutes"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1585.003",),
    state="experimental",
)
