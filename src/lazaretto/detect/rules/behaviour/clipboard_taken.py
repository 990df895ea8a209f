"""A developer tool takes what is in the clipboard.

What it sees
    A program that prints the clipboard was started by a developer tool.

Why it matters
    Passwords and addresses of wallets pass through it; some visitors replace the latter.

Example
    node server.js -> xclip -selection clipboard -o

What to do
    Read the code that asks for it.

False alarms
    Command line tools that paste on your wish.

References
    ATT&CK T1115.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_AGAIN = 3


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match; it weighs more in an installation and when it is done again and again."""
    found = [(index, program) for index, program in behaviour.own if _takes(program)]
    for index, program in found[:1]:
        grave = behaviour.installs(index) or len(found) >= _AGAIN
        yield Match(
            N_("{who} took what is in the clipboard: {command}"),
            path=behaviour.record.project,
            params={"who": behaviour.doer(index), "command": command(program)},
            severity=Severity.HIGH if grave else None,
            phase=behaviour.phase_in(index),
            process=index,
        )


def _takes(program: Program) -> bool:
    name, words = name_of(program), set(program.argv[1:])
    if name in ("xclip", "xsel"):
        return bool(words & {"-o", "-out", "--output", "-bo", "-ob"})
    if name in ("wl-paste", "pbpaste"):
        return True
    return name in ("powershell.exe", "pwsh") and any("get-clipboard" in word.lower() for word in words)


RULE = Rule(
    id="run/clipboard-taken",
    title=N_("A developer tool takes what is in the clipboard"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1115",),
    state="experimental",
)
