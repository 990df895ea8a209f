"""A package's script asks for the person's password.

What it sees
    A package's script started sudo, pkexec, su or a dialogue that asks for a password.

Why it matters
    An installation runs with the person's rights; what asks for more, or for the password itself, wants
    something else.

Example
    npm:graph-x@2.2.9 postinstall -> osascript -e 'display dialog ... with hidden answer'

What to do
    Enter nothing; read the script.

False alarms
    Packages that install libraries of the system (browsers for tests).

References
    ATT&CK T1548.003, T1056.002.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_ASKERS = frozenset({"sudo", "pkexec", "su", "doas", "gksudo", "kdesudo", "ssh-askpass"})
_DIALOGUES = frozenset({"zenity", "kdialog", "yad", "Xdialog"})


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if program.package and behaviour.installs(index) and (name_of(program) in _ASKERS or _dialogue(program)):
            yield Match(
                N_("{who} asks for a password: {command}"),
                path=behaviour.record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                severity=Severity.HIGH if _dialogue(program) else None,
                phase=behaviour.phase_in(index),
                process=index,
            )


def _dialogue(program: Program) -> bool:
    words = " ".join(program.argv).lower()
    if name_of(program) == "osascript":
        return "hidden answer" in words or "administrator privileges" in words
    return name_of(program) in _DIALOGUES and "--password" in words


RULE = Rule(
    id="run/asks-password",
    title=N_("A package's script asks for the person's password"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1548.003", "T1056.002"),
    state="experimental",
)
