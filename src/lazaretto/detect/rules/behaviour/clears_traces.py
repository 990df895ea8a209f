"""A developer tool clears traces or switches protection off.

What it sees
    A program under a developer tool deleted a history or a log, or stopped, changed or went around something
    that protects the computer.

Why it matters
    Nobody who builds software needs it; who wants to stay unseen does.

Example
    python3 main.py -> xattr -d com.apple.quarantine /tmp/x

What to do
    Look at what the tree did before; the logs of other computers may still have it.

False alarms
    Set-up scripts of virtual machines.

References
    ATT&CK T1070, T1562.001, T1553.001.
"""

import posixpath
import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.places import Place, place_of
from lazaretto.detect.programs import SHELLS, code_of, command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_GUARDS = re.compile(
    r"auditd|falco|sysmon|osqueryd|wazuh|crowdstrike|falcon-sensor|clamav|apparmor|firewalld|ufw|rsyslog|lazaretto|tetragon|elastic-agent|mdatp",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"unset\s{1,9}HISTFILE|HISTFILE=/dev/null|history\s{1,9}-c\b|HISTSIZE=0|ln\s{1,9}-sf?\s{1,9}/dev/null\s{1,9}\S{0,200}_history"
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if _clears(program, behaviour.record.home):
            yield Match(
                N_("{who} clears traces or switches protection off: {command}"),
                path=behaviour.record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                excerpt=" ".join(program.argv),
                phase=behaviour.phase_in(index),
                process=index,
            )


def _clears(program: Program, home: str) -> bool:
    name, words = name_of(program), program.argv[1:40]
    if name in SHELLS:
        return bool(_CODE.search(code_of(program)[:4000]))
    if name in ("rm", "shred", "truncate", "unlink"):
        paths = [
            posixpath.normpath(posixpath.join(program.cwd or "/", word)) for word in words if not word.startswith("-")
        ]
        return any(place_of(path, home) is Place.HISTORY or path.startswith("/var/log/") for path in paths)
    if name in ("systemctl", "service", "launchctl", "pkill", "killall"):
        ends = name in ("pkill", "killall") or bool(
            {"stop", "disable", "mask", "unload", "bootout", "kill"} & set(words)
        )
        return ends and any(_GUARDS.search(word) for word in words)
    if name == "xattr":
        return "com.apple.quarantine" in words and any(word.startswith("-") and "d" in word for word in words)
    if name == "auditctl":
        return bool({"-D", "-e"} & set(words))
    return (
        (name == "setenforce" and "0" in words)
        or (name == "spctl" and "--master-disable" in words)
        or (name == "journalctl" and any(word.startswith("--vacuum") for word in words))
    )


RULE = Rule(
    id="run/clears-traces",
    title=N_("A developer tool clears traces or switches protection off"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1070", "T1562.001", "T1553.001"),
    state="experimental",
)
