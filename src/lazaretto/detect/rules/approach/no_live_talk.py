"""Nobody wants to be seen or heard.

What it sees
    Interviews by chat only, cameras off, calls avoided; or the person answered that no live talk took place.

Why it matters
    A false recruiter cannot show a face.

Example
    The interview is a chat on Telegram, no camera needed.

What to do
    Ask for ten minutes of video.

False alarms
    Accessibility and bandwidth are honest reasons.

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
    yield from match_said(view, N_("avoids a live talk with camera"), "chat-only")


RULE = Rule(
    id="approach/no-live-talk",
    title=N_("Nobody wants to be seen or heard"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003",),
    state="experimental",
)
