"""A developer tool speaks with a port that implants use.

What it sees
    A program under a developer tool connected outside to a port that implants against developers have used
    (1224, 1244, 1245 and their like). During an installation, a package's script that connects to any port
    which is not the web's, ssh's or git's is told, too.

Why it matters
    Ports change seldom: the servers of these campaigns were found by them.

Example
    node server.js   c2.test:1224

What to do
    Find out what the program asked for; block the address.

False alarms
    A service of your own on such a port.

References
    ATT&CK T1571.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour, is_host
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_KNOWN = frozenset({1224, 1244, 1245, 1247, 2245, 2247, 5346, 5961, 1337, 4444, 31337, 6667})
"""Seen in write-ups of BeaverTail, InvisibleFerret and OtterCookie; and the classics."""
_ORDINARY = frozenset({22, 53, 80, 123, 443, 853, 3128, 4873, 8000, 8080, 8081, 8443, 8888, 9418})


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and host."""
    for event in behaviour.of(Action.CONNECT):
        port = event.target.rpartition(":")[2]
        if not is_host(event.target) or not port.isascii() or not port.isdigit() or behaviour.is_registry(event.target):
            continue
        number = int(port[:6])
        scripted = behaviour.installs(event.process) and bool(event.package)
        if number in _KNOWN or (scripted and number not in _ORDINARY):
            yield Match(
                N_("{who} connected to port {port} of {host}"),
                path=behaviour.record.project,
                params={"who": behaviour.who(event), "host": event.target, "port": port},
                severity=None if number in _KNOWN else Severity.MEDIUM,
                phase=behaviour.phase_of(event),
                process=event.process,
            )


RULE = Rule(
    id="run/c2-port",
    title=N_("A developer tool speaks with a port that implants use"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1571",),
    state="experimental",
)
