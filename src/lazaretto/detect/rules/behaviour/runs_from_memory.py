"""A program in the sandbox is run from memory.

What it sees
    A program was started from a descriptor of a file that is in memory only.

Why it matters
    What is never on the disk is not found there.

Example
    python -> /proc/self/fd/3

What to do
    Read the code that made it.

False alarms
    Container runtimes do so with themselves.

References
    ATT&CK T1620.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_DESCRIPTOR = re.compile(r"/(?:proc/(?:self|\d+)|dev)/fd/\d+|/memfd:.*")


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program, when some program asked for a file in memory."""
    if not any(True for _ in behaviour.of(Action.MEMORY_FILE)):
        return
    for event in behaviour.of(Action.EXEC):
        if _DESCRIPTOR.match(event.target):
            yield Match(
                N_("{who} ran a program from memory"),
                path=behaviour.record.project,
                params={"who": behaviour.who(event)},
                excerpt=event.target,
                phase=behaviour.record.phase,
            )


RULE = Rule(
    id="run/runs-from-memory",
    title=N_("A program in the sandbox is run from memory"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1620",),
    state="experimental",
)
