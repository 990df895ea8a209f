"""An update brings compiled files.

What it sees
    Programs and libraries in machine code (`.node`, `.so`, `.dll`, `.exe`, ...) at places where the old version
    had nothing. It is told once.

Why it matters
    Nobody reviews machine code; a payload in it is out of sight.

Example
    build/helper.node in 1.1.0 of a package that was plain JavaScript in 1.0.9

What to do
    Ask what it is built from, or build it yourself.

False alarms
    Wheels and prebuilt add-ons. It is context.

References
    ATT&CK T1195.002, T1027.009.
"""

from collections.abc import Iterator

from lazaretto.detect.change import Change
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity
from lazaretto.model.text import N_

_PLACES = 5


def check(change: Change) -> Iterator[Match]:
    """One match for all, when the old version had none or a program for a desktop appears."""
    found = change.binaries
    if found and not change.had_binaries:
        yield Match(
            N_("new in this version: compiled files ({count}) in a package that had none"),
            path=found[0],
            params={"count": len(found)},
            more=tuple(Location(path) for path in found[1 : _PLACES + 1]),
        )


RULE = Rule(
    id="change/binary-added",
    title=N_("An update brings compiled files"),
    view=Change,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.002",),
    state="experimental",
)
