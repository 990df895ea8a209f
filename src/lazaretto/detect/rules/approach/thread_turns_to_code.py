"""A long talk ends in code and pressure.

What it sees
    Many messages, the last third of which brings code to run for the first time, and then pushing.

Why it matters
    Weeks of rapport are part of the method: one says no less easily to somebody one knows.

Example
    Twenty friendly messages, then a repository, then "are you done?"

What to do
    Read the talk from its end: what would you have done had that been the first message?

False alarms
    Honest talks come to a test at the end, too. It weighs little.

References
    docs/offer.md; ATT&CK T1566.003.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

SENTENCES = 25
"""Fewer than that is no long talk."""


def check(view: Approach) -> Iterator[Match]:
    """One match for each text."""
    for written in view.written:
        asked = [said for said in written.said if said.name in ("run-code", "just-run")]
        pushed = [said for said in written.said if said.name == "urgent"]
        if len(written.tagged.sentences) < SENTENCES or not asked or not pushed:
            continue
        late = len(written.tagged.text) * 0.6
        if asked[0].start > late and pushed[-1].start > asked[0].start:
            yield Match(
                N_("after a long talk it turns to code to run, and then presses for it"),
                path=written.text.name,
                line=asked[0].line,
                excerpt=asked[0].quote,
            )


RULE = Rule(
    id="approach/thread-turns-to-code",
    title=N_("A long talk ends in code and pressure"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OFFER,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003",),
    state="experimental",
)
