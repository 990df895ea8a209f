"""Invisible characters split words or names.

What it sees
    The text, the subject or the sender's name holds characters that are not drawn (zero width, soft hyphen,
    direction marks) between letters of one word.

Why it matters
    Filters then do not find the word, and the reader sees nothing.

Example
    wal<U+200B>let, Link<U+2060>edIn

What to do
    Do not act on it.

False alarms
    Joiners inside of emoji, Arabic or Indic scripts, and runs of them in previews of newsletters do not count;
    soft hyphens in long words count from five on.

References
    docs/offer.md; ATT&CK T1027.010; UTS #39.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_SPLIT = re.compile(
    "(?<=[A-Za-z\uac00-\ud7a3])[\u200b\u200c\u200d\u2060-\u2064\ufeff\u034f\u180e\u3164\uffa0\u202a-\u202e\u2066-\u2069]{1,8}(?=[A-Za-z\uac00-\ud7a3])"
)
_SOFT = re.compile("(?<=[A-Za-z])\u00ad(?=[A-Za-z])")
FEW, SOFT = 3, 5


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    for mail in view.case.mails:
        names = f"{mail.sender.name}\n{mail.subject}"
        text = mail.raw_text or mail.text
        in_text = len(_SPLIT.findall(text))
        soft = len(_SOFT.findall(text))
        if _SPLIT.search(names):
            yield Match(
                N_("invisible characters stand within words of the sender's name or the subject"),
                line=mail.line("subject"),
                path=mail.name,
                severity=Severity.HIGH,
            )
        elif in_text >= FEW or soft >= SOFT:
            yield Match(
                N_("invisible characters split {count} words of the text"),
                path=mail.name,
                params={"count": in_text + soft},
            )


RULE = Rule(
    id="mail/invisible-characters",
    title=N_("Invisible characters split words or names"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.010",),
    state="experimental",
)
