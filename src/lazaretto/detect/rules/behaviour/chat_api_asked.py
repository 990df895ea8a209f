"""A developer tool speaks with a chat's interface.

What it sees
    A program under a developer tool connected to the interface for bots or hooks of Telegram, Discord or Slack.

Why it matters
    It is a mailbox that needs no server: stealers send what they took there.

Example
    pypi:colourama build_wheel -> python   the bot interface of a chat

What to do
    During an installation there is no reason for it: treat what the computer holds as taken.

False alarms
    Bots and notifications that you write: told as LOW outside of installations.

References
    ATT&CK T1102.002, T1567.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.sights import asks_of
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_HOST = re.compile(
    r"(?:^|\.)(?:api\.telegram\.org|discord(?:app)?\.com|discord\.gg|hooks\.slack\.com|slack\.com|webhook\.office\.com|api\.line\.me)$"
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and host."""
    for event in asks_of(behaviour, _HOST):
        installs = behaviour.installs(event.process)
        yield Match(
            N_("{who} asked {host}, the interface of a chat"),
            path=behaviour.record.project,
            params={"who": behaviour.who(event), "host": event.target},
            severity=None if installs else Severity.LOW,
            phase=behaviour.phase_of(event),
            process=event.process,
        )


RULE = Rule(
    id="run/chat-api-asked",
    title=N_("A developer tool speaks with a chat's interface"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1102.002", "T1567"),
    state="experimental",
)
