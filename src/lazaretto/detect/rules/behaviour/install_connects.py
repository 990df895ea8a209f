"""An installation speaks with a host that is no registry.

What it sees
    During the installation a program connected to a host, or asked one for something, that is not among the
    registries that the person's own clients are set up for. It weighs more when a package's script did it.

Why it matters
    Second stages are fetched, and secrets sent, while packages are installed: nobody looks then.

Example
    npm:graph-x@2.2.9 postinstall -> sh -> curl   c2.test:443

What to do
    Look at the script that is named; what it asked for is in the record.

False alarms
    Packages that download prebuilt programs from where their releases are kept.

References
    ATT&CK T1105, T1195.002.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour, is_host
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and host."""
    for event in behaviour.of(Action.CONNECT):
        program = behaviour.program(event)
        scripted = bool(event.package) and (program is None or program.phase is None)
        if not (behaviour.installs(event.process) or scripted):
            continue
        if not is_host(event.target) or behaviour.is_registry(event.target):
            continue
        if event.target.endswith(":53"):  # the question for a name, not the host
            continue
        yield Match(
            N_("{who} connected to {host} during the installation"),
            path=behaviour.record.project,
            params={"who": behaviour.who(event), "host": event.target},
            severity=Severity.MEDIUM if event.package else Severity.LOW,
        )


RULE = Rule(
    id="run/install-connects",
    title=N_("An installation speaks with a host that is no registry"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1105", "T1195.002"),
    state="experimental",
)
