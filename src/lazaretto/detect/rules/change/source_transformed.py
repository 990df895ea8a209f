"""An update makes a source file many times larger, or unreadable.

What it sees
    A script or module that has become eight times as large and 30 kB larger at least, or that was readable and
    is minified now.

Why it matters
    Payloads are appended to files that are there already, where a reviewer of new files does not look.

Example
    index.js has 2 kB in 1.4.0 and 190 kB in 1.4.1

What to do
    Compare the two files.

False alarms
    A package begins to ship bundled code. It is context.

References
    ATT&CK T1027, T1195.002.
"""

from collections.abc import Iterator

from lazaretto.detect.change import Change
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

FACTOR, LEAST = 8, 30_000


def check(change: Change) -> Iterator[Match]:
    """One match for each file."""
    grown = change.grown(FACTOR, LEAST)
    for path, before, size in grown:
        params = {"before": f"{before:,}", "size": f"{size:,}"}
        yield Match(N_("new in this version: the file grew from {before} to {size} bytes"), path=path, params=params)
    told = {path for path, _, _ in grown}
    for path in change.newly_minified:
        if path not in told:
            yield Match(N_("new in this version: the file was readable and is minified now"), path=path)


RULE = Rule(
    id="change/source-transformed",
    title=N_("An update makes a source file many times larger, or unreadable"),
    view=Change,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027",),
    state="experimental",
)
