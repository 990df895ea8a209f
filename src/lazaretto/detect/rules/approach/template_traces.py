"""A template that nobody filled in.

What it sees
    Place holders such as `{{first_name}}`, `[Company]` or `%NAME%` are left in the message.

Why it matters
    It was sent to many; nobody chose you.

Example
    Hi {{first_name}}, your work at [CURRENT COMPANY] impressed us.

What to do
    Ask what exactly of your work they liked.

False alarms
    Honest recruiters send templates, too. How well a text is written is never judged.

References
    docs/offer.md; ATT&CK T1566.003.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_HOLDERS = re.compile(
    r"\{\{\s{0,3}[\w .-]{2,30}\s{0,3}\}\}|\{(?:first|last|full|your|candidate|company|job|recruiter)[_ ]?\w{0,12}\}|"
    r"\[(?:your |first |last |candidate |company |job |current |recruiter |insert )?(?:name|company|title|role|position|employer|link)\]|"
    r"%(?:first|last|full)?_?name%|<(?:first|last|company|candidate)[ _]?name>|\[(?:이름|성함|회사명|지원자명|직무|포지션)\]|\{(?:이름|성함|회사명)\}|"
    r"(?<![가-힣])(?:OOO|○○○|ㅇㅇㅇ)\s?님",
    re.IGNORECASE,
)


def check(view: Approach) -> Iterator[Match]:
    """One match for each text."""
    for written in view.written:
        found = _HOLDERS.search(written.text.text)
        if found:
            yield Match(
                N_("a place holder of a template was left in"),
                path=written.text.name,
                line=written.line(found.start()),
                excerpt=found.group(),
            )


RULE = Rule(
    id="approach/template-traces",
    title=N_("A template that nobody filled in"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003",),
    state="experimental",
)
