"""A program in the sandbox read a decoy.

What it sees
    A key, a wallet, a browser profile or a file of secrets that was laid out as bait in the sandbox's home was
    opened. Files that package clients and download tools open by themselves (`.npmrc`, `.netrc`, ...) do not count.

Why it matters
    No build, test or start of a project needs the person's keys. Stealers begin with them.

Example
    npm:graph-x@2.2.9 postinstall -> sh -> node   ~/.ssh/id_ed25519

What to do
    Do not run the project outside. Read the script that is named.

False alarms
    A command of your own that uses such a file: `ssh`, `aws`.

References
    ATT&CK T1552.001, T1552.004, T1555.003.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.places import OF_CLIENTS
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each decoy and program."""
    for event in behaviour.of(Action.READ):
        if event.target in behaviour.record.decoys and not event.target.endswith(OF_CLIENTS):
            yield Match(
                N_("{who} read the decoy {path}"),
                path=event.target,
                params={"who": behaviour.who(event), "path": event.target},
                phase=behaviour.record.phase,
            )


RULE = Rule(
    id="run/decoy-read",
    title=N_("A program in the sandbox read a decoy"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1552.001", "T1552.004", "T1555.003"),
    state="experimental",
)
