"""A developer tool asks a place where anybody can leave a text.

What it sees
    A program under a developer tool asked a store of JSON or of pasted texts, a service that catches requests,
    or a tunnel to somebody's computer.

Why it matters
    The next stage, or the address of it, lies there: such a place has no owner who could be asked.

Example
    node -> a JSON store

What to do
    Read the code that asks; what was answered is code for it.

False alarms
    Programs that use such a service in earnest, mostly while they are developed.

References
    ATT&CK T1102.001, T1567.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.sights import asks_of
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_HOST = re.compile(
    r"(?:^|\.)(?:npoint\.io|jsonkeeper\.com|jsonbin\.io|jsonsilo\.com|mocki\.io|mocky\.io|mockapi\.io|jsonserve\.com|jsonhosting\.com"
    r"|pastebin\.com|paste\.ee|hastebin\.com|rentry\.(?:co|org)|dpaste\.(?:com|org)|controlc\.com|ghostbin\.com|textbin\.net|pastes\.dev"
    r"|transfer\.sh|file\.io|0x0\.st|gofile\.io|catbox\.moe|temp\.sh|bashupload\.com|anonfiles\.com|filebin\.net"
    r"|webhook\.site|requestbin\.com|requestcatcher\.com|pipedream\.net|beeceptor\.com|oast\.(?:fun|pro|live|site|online|me)|interact\.sh"
    r"|oastify\.com|burpcollaborator\.net|ngrok\.(?:io|app|dev)|ngrok-free\.app|trycloudflare\.com|loca\.lt|serveo\.net|lhr\.life)$"
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and host."""
    for event in asks_of(behaviour, _HOST):
        installs = behaviour.installs(event.process)
        yield Match(
            N_("{who} asked {host}, where anybody can leave a text"),
            path=behaviour.record.project,
            params={"who": behaviour.who(event), "host": event.target},
            severity=Severity.HIGH if installs else None,
            phase=behaviour.phase_of(event),
            process=event.process,
        )


RULE = Rule(
    id="run/dead-drop-asked",
    title=N_("A developer tool asks a place where anybody can leave a text"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1102.001", "T1567"),
    state="experimental",
)
