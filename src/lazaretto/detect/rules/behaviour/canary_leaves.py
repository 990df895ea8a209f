"""The content of a decoy was sent away.

What it sees
    The unique part of a decoy was found in what a program sent to a host: plain, reversed, as hexadecimal,
    Base64 or URL code, packed with gzip or zlib. The host was played by the sandbox: nothing left.

Why it matters
    It is proof: these bytes exist nowhere else.

Example
    POST to c2.test:443 holds the key of ~/.ssh/id_ed25519 (base64)

What to do
    Treat the project as hostile. If it was run outside, take that computer off the network and change every key.

False alarms
    None are known.

References
    ATT&CK T1041, T1567.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and host."""
    for event in behaviour.of(Action.CANARY):
        yield Match(
            N_("{who} sent the content of a decoy, {decoy}, to {host}"),
            path=behaviour.record.project,
            params={"who": behaviour.who(event), "decoy": event.detail, "host": event.target},
            phase=behaviour.record.phase,
        )


RULE = Rule(
    id="run/canary-leaves",
    title=N_("The content of a decoy was sent away"),
    view=Behaviour,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1041", "T1567"),
    state="experimental",
)
