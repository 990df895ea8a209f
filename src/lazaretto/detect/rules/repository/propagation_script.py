"""What it sees
    A script that rewrites the last commit in silence and pushes it by force: `git commit --amend --no-verify` with a
    kept date, then `git push --force`.

Why it matters
    The PolinRider wave (2026) leaves `temp_auto_push.bat` and relatives in infected projects; they put the loader into
    the victim's other repositories under the victim's own name and date.

Example
    temp_auto_push.bat:  git commit --amend --no-edit --no-verify & git push -uf origin main --no-verify

What to do
    Do not run it. If it is in a repository of yours, treat the machine as infected.

False alarms
    Release scripts that push tags do not amend commits and skip hooks at once.

References
    ATT&CK T1195.002, T1070.006.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.runfiles import RunFile

_AMEND = re.compile(r"git\s{1,4}commit\b[^\n&|]{0,200}--amend", re.IGNORECASE)
_FORCE = re.compile(r"git\s{1,4}push\b[^\n&|]{0,200}(?:\s-[a-z]{0,3}f[a-z]{0,3}\b|--force)", re.IGNORECASE)
_DATE = re.compile(
    r"GIT_COMMITTER_DATE|--date[= ]|\bdate\s{1,4}%|\btime\s{1,4}%|set-date|w32tm|timedatectl", re.IGNORECASE
)
_KNOWN_NAMES = re.compile(r"temp_(?:auto|interactive)_push|auto_push\.bat|temp_push", re.IGNORECASE)


def check(view: RunFile) -> Iterator[Match | Signal]:
    """All three together are certain; two are worth a look."""
    text = view.blob.text[: 1 << 18]
    amend, force = _AMEND.search(text), _FORCE.search(text)
    if amend is None or force is None:
        return
    skips, dates = "--no-verify" in text, _DATE.search(text) is not None
    named = _KNOWN_NAMES.search(view.blob.name) is not None
    if not (skips or dates or named):
        return
    certain = dates and (skips or named)
    yield Match(
        N_("the script rewrites the last commit and pushes it by force, past all checks"),
        line=text.count("\n", 0, amend.start()) + 1,
        excerpt=amend.group(),
        severity=Severity.HIGH,
        confidence=Confidence.HIGH if certain else Confidence.MEDIUM if named else Confidence.LOW,
    )


RULE = Rule(
    id="repo/propagation-script",
    title=N_("A script rewrites and force-pushes commits in silence"),
    view=RunFile,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__,
    techniques=("T1195.002", "T1070.006"),
    needles=(b"--amend",),
)
