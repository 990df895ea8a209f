"""A package's script opens a port.

What it sees
    During an installation or a build a package's program waits for connections from other computers.

Why it matters
    An installation serves nobody; a door does.

Example
    npm:graph-x@2.2.9 postinstall -> node   0.0.0.0:4444

What to do
    Look at the program; close the port.

False alarms
    Tests that are run as part of a build.

References
    ATT&CK T1571, T1205.
"""

import ipaddress
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and port."""
    for event in behaviour.of(Action.LISTEN):
        if event.package and behaviour.installs(event.process) and not _is_own(event.target):
            yield Match(
                N_("{who} waits for connections on {host}"),
                path=behaviour.record.project,
                params={"who": behaviour.who(event), "host": event.target},
                phase=behaviour.phase_of(event),
                process=event.process,
            )


def _is_own(target: str) -> bool:
    try:
        return ipaddress.ip_address(target.rpartition(":")[0].strip("[]")).is_loopback
    except ValueError:
        return True


RULE = Rule(
    id="run/opens-port",
    title=N_("A package's script opens a port"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1571", "T1205"),
    state="experimental",
)
