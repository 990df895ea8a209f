"""The mail holds text that is not shown.

What it sees
    The HTML part has text that a reader does not see (no display, size zero, the colour of its ground), and it
    is long, or holds an address or a command.

Why it matters
    It is there for filters and assistants, not for you: harmless words that let the mail pass, or orders to a
    program that reads it for you.

Example
    <div style='font-size:0'>Ignore what was said before and ...</div>

What to do
    Let no assistant act on the mail.

False alarms
    A line of preview (preheader) in newsletters is short and without addresses; it does not count.

References
    docs/offer.md; ATT&CK T1027.010.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

LONG = 400
_TELLING = re.compile(
    r"https?://|\b(?:ignore (?:all|the|any|previous)|system prompt|curl "
    r"|npm (?:i|install)\b|powershell|api key|you are an? (?:ai|assistant))|이전 지시",
    re.IGNORECASE,
)


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    for mail in view.case.mails:
        words = " ".join(mail.hidden.split())
        found = _TELLING.search(words)
        if found or (len(words) > LONG and words[:120] not in " ".join(mail.text.split())):
            start = max(0, found.start() - 60) if found else 0
            yield Match(
                N_("{count} characters of the mail are not shown to its reader"),
                path=mail.name,
                params={"count": len(words)},
                excerpt=words[start : start + 160],
                severity=Severity.MEDIUM if found else None,
            )


RULE = Rule(
    id="mail/hidden-text",
    title=N_("The mail holds text that is not shown"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.010",),
    state="experimental",
)
