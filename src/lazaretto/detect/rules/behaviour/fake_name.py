"""A program has a name that is not its own.

What it sees
    Under a developer tool a program runs from a temporary folder by the name of an interpreter, a browser or a
    service of the system, or its command line pretends to be a thread of the kernel.

Why it matters
    Who looks at the list of processes is to see nothing new.

Example
    node -> /tmp/.x/systemd

What to do
    Keep the file for an examination, stop the tree.

False alarms
    Tests that put programs of such names into temporary folders.

References
    ATT&CK T1036.004, T1036.005.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import BROWSERS, is_scratch, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_SYSTEM = re.compile(
    r"(?:systemd(?:-\w{2,20})?|sshd|cron|crond|dbus-daemon|kworker.{0,20}|kthreadd|init|udevd|rsyslogd|gnome-shell|Xorg|pulseaudio|pipewire"
    r"|NetworkManager|polkitd|containerd|dockerd|node(?:js)?|npm|python(?:[0-9.]{0,5})|bash|sh|java|code|slack|zoom)"
)
_THREAD = re.compile(r"\[[\w/:.-]{2,40}\]")


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if _pretends(program):
            yield Match(
                N_("{who} is not what it is called: {path}"),
                path=program.path,
                params={"who": behaviour.doer(index), "path": program.path},
                excerpt=" ".join(program.argv),
                phase=behaviour.phase_in(index),
                process=index,
            )


def _pretends(program: Program) -> bool:
    if program.argv and _THREAD.fullmatch(program.argv[0]) and len(program.path) > 1:
        return True
    name = name_of(program)
    return is_scratch(program.path) and (bool(_SYSTEM.fullmatch(name)) or name in BROWSERS)


RULE = Rule(
    id="run/fake-name",
    title=N_("A program has a name that is not its own"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.005", "T1036.004"),
    state="experimental",
)
