"""What it sees
    An ignore file that makes an exception for a file that nobody ships: `!.DS_Store`, `!Thumbs.db`, `!.svn`; or that
    hides a self-spreading script (`temp_auto_push.bat`).

Why it matters
    A lure of 2026 kept its payload in `config/.svn/.DS_Store` and had to tell git to take it along.

Example
    .gitignore:  !.DS_Store

What to do
    Look at the file that is let through.

False alarms
    Tests of tools that clean such files up.

References
    gitignore(5); ATT&CK T1564.001, T1036.008.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.gitfiles import GitIgnore
from lazaretto.parse.text import is_test

_ODD = re.compile(
    r"!(?:.{0,200}/)?(?:\.DS_Store|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.svn(?:/.{0,80})?|\.Spotlight-V100|\.Trashes|\.hg(?:/.{0,80})?|\.AppleDouble|\._\S{0,80})/?",
    re.IGNORECASE,
)
_SPREADING = re.compile(r"(?:.{0,200}/)?temp_(?:auto|interactive)_push\.bat", re.IGNORECASE)


def check(view: GitIgnore) -> Iterator[Match | Signal]:
    """Compare each pattern."""
    for pattern, line in view.patterns:
        if _ODD.fullmatch(pattern):
            yield Match(
                N_("the ignore file takes care that {pattern} is kept, which nobody ships on purpose"),
                line=line,
                params={"pattern": pattern[1:]},
                excerpt=pattern,
                confidence=Confidence.LOW if is_test(view.path) else Confidence.MEDIUM,
            )
        elif _SPREADING.fullmatch(pattern):
            yield Match(
                N_("the ignore file hides {pattern}, a script that spreads infected commits"),
                line=line,
                params={"pattern": pattern},
                excerpt=pattern,
                severity=Severity.HIGH,
            )


RULE = Rule(
    id="repo/gitignore-keeps-odd-file",
    title=N_("An ignore file keeps a file that nobody ships"),
    view=GitIgnore,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__,
    techniques=("T1564.001", "T1036.008"),
    needles=(b"!", b"temp_"),
)
