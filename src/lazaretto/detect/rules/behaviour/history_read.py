"""A developer tool reads what was typed.

What it sees
    A program under a developer tool opened the history of a shell, an interpreter or a database client that is
    not its own.

Why it matters
    Histories hold passwords, hosts and paths: what a visitor wants to know first.

Example
    npm:graph-x@2.2.9 postinstall -> node   ~/.bash_history

What to do
    Change what was typed there.

False alarms
    Tools that search histories on the person's wish.

References
    ATT&CK T1552.003.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.live.toolchains import is_interpreter
from lazaretto.detect.places import Place
from lazaretto.detect.programs import COPIERS, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.sights import reads_of
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_OWN = {"python_history": "python", "node_repl_history": "node"}


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and file."""
    for event, program in reads_of(behaviour, Place.HISTORY):
        name = name_of(program)
        if not (is_interpreter(program.path) or name in COPIERS):
            continue
        if any(event.target.endswith(f".{file}") and name.startswith(own) for file, own in _OWN.items()):
            continue
        yield Match(
            N_("{who} read a history: {path}"),
            path=event.target,
            params={"who": behaviour.who(event), "path": event.target},
            severity=Severity.HIGH if behaviour.installs(event.process) else None,
            phase=behaviour.phase_of(event),
            process=event.process,
        )


RULE = Rule(
    id="run/history-read",
    title=N_("A developer tool reads what was typed"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1552.003",),
    state="experimental",
)
