"""A program registers with a host, then asks it again and again.

What it sees
    One host was sent a first request with a body, and then the same other request at least three times.

Why it matters
    A token is asked for with facts about the computer, then orders are: the protocol of graphalgo's implants.

Example
    POST c2.test/jobs (who I am), then GET c2.test/jobs?token=... each few seconds

What to do
    Treat it as an implant: cut it off, look for what it was told to do.

False alarms
    Clients of job services.

References
    ATT&CK T1071.001, T1132.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_ENOUGH = 3
_LINE = re.compile(r"(?:^|\s)(GET|POST|PUT)\s{1,3}(\S{1,2000})")


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each host."""
    seen: dict[str, list[tuple[str, str]]] = {}
    for number, event in enumerate(behaviour.record.events):
        if event.action is not Action.REQUEST:
            continue
        line = _LINE.search(event.detail[:4000])
        if line is None:
            continue
        before = seen.setdefault(event.target, [])
        request = (line[1], re.sub(r"[0-9a-fA-F-]{8,}|=[^&]{0,500}", "*", line[2]))
        before.append(request)
        if before[0][0] == "POST" and request != before[0] and before.count(request) == _ENOUGH:
            yield Match(
                N_("a program registered with {host}, then asked it again and again"),
                path=behaviour.record.project,
                params={"host": event.target},
                excerpt=event.detail,
                phase=behaviour.record.phase,
                event=number,
            )


RULE = Rule(
    id="run/registers-then-polls",
    title=N_("A program registers with a host, then asks it again and again"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1071.001", "T1132"),
    state="experimental",
)
