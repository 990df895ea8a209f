"""A package's script reads keys.

What it sees
    During an installation or a build a program opened SSH or GPG keys, cloud credentials, key rings or a
    password store. Git and ssh, which fetch packages, do not count. Outside of installations a program of a
    package is told with less weight.

Why it matters
    No installation needs them; they open the servers and repositories that the person works with.

Example
    pypi:colourama build_wheel -> python   ~/.aws/credentials

What to do
    Make new keys, withdraw the old ones, read their logs.

False alarms
    Build scripts that fetch from private stores with the person's cloud login.

References
    ATT&CK T1552.001, T1552.004, T1555.001.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.places import Place
from lazaretto.detect.programs import name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.sights import reads_of
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_CLIENTS = frozenset(
    {
        "ssh",
        "ssh-agent",
        "ssh-add",
        "ssh-keygen",
        "git",
        "gpg",
        "gpg-agent",
        "gpg2",
        "aws",
        "gcloud",
        "az",
        "kubectl",
        "op",
        "pass",
        "terraform",
    }
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and file."""
    for event, program in reads_of(behaviour, Place.KEY):
        installs = behaviour.installs(event.process)
        if name_of(program) in _CLIENTS or not (installs or event.package):
            continue
        yield Match(
            N_("{who} read a key: {path}"),
            path=event.target,
            params={"who": behaviour.who(event), "path": event.target},
            severity=None if installs else Severity.LOW,
            phase=behaviour.phase_of(event),
            process=event.process,
        )


RULE = Rule(
    id="run/key-read",
    title=N_("A package's script reads keys"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1552.004", "T1552.001", "T1555.001"),
    state="experimental",
)
