"""A developer tool sets up something that starts by itself.

What it sees
    crontab, systemctl, launchctl, at or a similar program was told by a package's script, node or python to
    start something later or at login.

Why it matters
    It is how a visitor stays after the computer is started again.

Example
    npm:graph-x@2.2.9 postinstall -> crontab -

What to do
    Look at what was set up and take it away: crontab -l, systemctl --user list-unit-files.

False alarms
    Installers of services, process managers (pm2 startup).

References
    ATT&CK T1053.003, T1543.002, T1543.001.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_UNITS = frozenset({"enable", "link", "start", "reenable", "add-wants"})
_AGENTS = frozenset({"load", "bootstrap", "enable", "submit", "kickstart"})


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if _sets_up(program):
            grave = behaviour.installs(index)
            yield Match(
                N_("{who} sets up what starts by itself: {command}"),
                path=behaviour.record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                severity=None if grave else Severity.MEDIUM,
                phase=behaviour.phase_in(index),
                process=index,
            )


def _sets_up(program: Program) -> bool:
    name = name_of(program)
    words = [word for word in program.argv[1:] if not word.startswith("--")]
    if name == "crontab":
        return not set(words) & {"-l", "-V", "-h"} and (not words or words[-1] == "-" or not words[-1].startswith("-"))
    if name == "systemctl":
        return bool(_UNITS & set(words[:2]))
    if name == "launchctl":
        return bool(words) and words[0] in _AGENTS
    if name in ("at", "batch"):
        return not set(words) & {"-l", "-V"}
    if name == "loginctl":
        return words[:1] == ["enable-linger"]
    return name in ("update-rc.d", "chkconfig", "schtasks.exe")


RULE = Rule(
    id="run/sets-up-start",
    title=N_("A developer tool sets up something that starts by itself"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1053.003", "T1543.002", "T1543.001"),
    state="experimental",
)
