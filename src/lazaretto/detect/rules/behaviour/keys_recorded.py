"""A developer tool listens to the keyboard.

What it sees
    A program under a developer tool opened an input device, or is a program that prints what is typed.

Why it matters
    It is how passwords are taken that are stored nowhere.

Example
    python3 main.py   /dev/input/event3

What to do
    Stop the tree; change what was typed since it began.

False alarms
    Tools for games and keyboards that you write.

References
    ATT&CK T1056.001.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_LISTENERS = frozenset({"logkeys", "evtest", "showkey", "xev", "xkbevd", "lkl", "uberkey"})


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each device and program."""
    for event in behaviour.of(Action.READ):
        if event.target.startswith("/dev/input/event"):
            yield Match(
                N_("{who} listens to an input device, {path}"),
                path=event.target,
                params={"who": behaviour.who(event), "path": event.target},
                phase=behaviour.phase_of(event),
                process=event.process,
            )
    for index, program in behaviour.own:
        name = name_of(program)
        if name in _LISTENERS or (
            name == "xinput" and set(program.argv[1:]) & {"test", "test-xi2", "--test", "--test-xi2"}
        ):
            yield Match(
                N_("{who} listens to the keyboard: {command}"),
                path=behaviour.record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                phase=behaviour.phase_in(index),
                process=index,
            )


RULE = Rule(
    id="run/keys-recorded",
    title=N_("A developer tool listens to the keyboard"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1056.001",),
    state="experimental",
)
