"""A developer tool takes a picture of the screen.

What it sees
    A program for pictures of the screen was started by node, python or a package's script.

Why it matters
    What is on the screen is sent in the rhythm of a few seconds by several implants.

Example
    python3 main.py -> scrot /tmp/a.png

What to do
    Read the code that starts it.

False alarms
    Tests of graphical programs.

References
    ATT&CK T1113.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_TAKERS = frozenset(
    {
        "scrot",
        "maim",
        "grim",
        "gnome-screenshot",
        "spectacle",
        "screencapture",
        "xwd",
        "flameshot",
        "shutter",
        "hyprshot",
    }
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if _takes(program) and any(one.tool for one in behaviour.record.chain(index)[behaviour.record.outside :]):
            yield Match(
                N_("{who} takes a picture of the screen: {command}"),
                path=behaviour.record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                severity=Severity.HIGH if behaviour.installs(index) else None,
                phase=behaviour.phase_in(index),
                process=index,
            )


def _takes(program: Program) -> bool:
    name = name_of(program)
    return name in _TAKERS or (name == "import" and "-window" in program.argv)


RULE = Rule(
    id="run/screen-taken",
    title=N_("A developer tool takes a picture of the screen"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1113",),
    state="experimental",
)
