"""A package asks the cloud for this computer's own credentials.

What it sees
    A program under a developer tool connected to the address at which clouds tell a virtual machine its
    credentials.

Why it matters
    Who has them acts as the machine, from anywhere.

Example
    npm:graph-x@2.2.9 postinstall -> node   169.254.169.254:80

What to do
    Withdraw the role's sessions; require tokens for the metadata service.

False alarms
    Programs for a cloud, run in it: told as LOW outside of installations.

References
    ATT&CK T1552.005.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_HOSTS = frozenset(
    {
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "fd00:ec2::254",
        "100.100.100.200",
        "metadata.google.internal",
        "192.0.0.192",
    }
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and host."""
    for event in behaviour.of(Action.CONNECT):
        if event.target.rpartition(":")[0].strip("[]") in _HOSTS:
            yield Match(
                N_("{who} asked {host} for credentials of this computer"),
                path=behaviour.record.project,
                params={"who": behaviour.who(event), "host": event.target},
                severity=None if behaviour.installs(event.process) else Severity.LOW,
                phase=behaviour.phase_of(event),
                process=event.process,
            )


RULE = Rule(
    id="run/metadata-asked",
    title=N_("A package asks the cloud for this computer's own credentials"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1552.005",),
    state="experimental",
)
