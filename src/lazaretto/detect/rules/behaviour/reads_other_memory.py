"""A developer tool looks into another program.

What it sees
    A program under a developer tool read the memory or the environment of another process, or traced it.

Why it matters
    Secrets that are nowhere on the disk are there: the tokens of a build machine were taken so in 2025.

Example
    python3 dump.py   /proc/2210/mem

What to do
    Change the secrets that the other program had.

False alarms
    Debuggers and profilers that you start. What is below the one that looks does not count; it is told for
    installations, and for memory that is read by an interpreter.

References
    ATT&CK T1003.007, T1055.008.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.live.toolchains import is_interpreter
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_PROC = re.compile(r"/proc/(\d{1,10})/(?:task/\d{1,10}/)?(mem|environ|maps)")


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and process that it looked into."""
    for event in (*behaviour.of(Action.READ), *behaviour.of(Action.WRITE), *behaviour.of(Action.TRACE)):
        program = behaviour.program(event)
        if program is None:
            continue
        found = _PROC.fullmatch(event.target)
        if event.action is not Action.TRACE and (found is None or found[1] == str(program.pid)):
            continue
        number = int(found[1]) if found is not None else int(event.target.removeprefix("pid:") or 0)
        if any(_is_below(behaviour, index, event.process) for index in _of_pid(behaviour, number)):
            continue
        grave = found is None or found[2] == "mem"
        installs = behaviour.installs(event.process)
        if (grave and (installs or is_interpreter(program.path))) or (installs and event.package):
            yield Match(
                N_("{who} looked into another program: {path}"),
                path=behaviour.record.project,
                params={"who": behaviour.who(event), "path": event.target},
                severity=None if grave else Severity.MEDIUM,
                phase=behaviour.phase_of(event),
                process=event.process,
            )


def _of_pid(behaviour: Behaviour, pid: int) -> list[int]:
    return [index for index, one in enumerate(behaviour.record.programs) if one.pid == pid]


def _is_below(behaviour: Behaviour, index: int, process: int) -> bool:
    own = behaviour.record.programs[process]
    return any(one is own for one in behaviour.record.chain(index))


RULE = Rule(
    id="run/reads-other-memory",
    title=N_("A developer tool looks into another program"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1003.007", "T1055.008"),
    state="experimental",
)
