"""Code to run, and no sign of people who hire.

What it sees
    The offer asks for code to be run, and nothing in it speaks of a talk that took place, of a test site, of work of
    your own, of public work, or of an environment in which one may run it safely.

Why it matters
    Hiring is talking. An offer that consists of a repository wants the repository to run.

Example
    "Here is the repo, start it and tell me whether the page loads."

What to do
    Ask for a short video call with somebody from the team.

False alarms
    Short messages between people who know each other, and paid work on open source.

References
    docs/offer.md; ATT&CK T1566.003.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_rule import match_places
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_PROCESS = ("talk-held", "isolation-welcome", "assessment-site", "own-code", "open-work")


def check(view: Approach) -> Iterator[Match]:
    """One match, quoting the request."""
    if not view.said(*_PROCESS):
        asked = view.said("run-code", "just-run")
        yield from match_places(asked, N_("asks for code to be run, and shows no process with people in it"))


RULE = Rule(
    id="approach/no-process",
    title=N_("Code to run, and no sign of people who hire"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003",),
    state="experimental",
)
