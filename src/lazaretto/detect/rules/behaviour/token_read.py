"""A package's script reads what clients log in with.

What it sees
    A script of a package opened .npmrc, .pypirc, .netrc, a git credential file, a login of a container registry
    or an environment file, and is not the client that the file is for.

Why it matters
    With a publishing token a visitor spreads: its next version comes from the person.

Example
    npm:tiny-color@4.1.1 postinstall -> node bundle.js   ~/.npmrc

What to do
    Withdraw the tokens that the file held; look at what was published with them.

False alarms
    Scripts that download prebuilt programs from a private registry read .npmrc by a library.

References
    ATT&CK T1552.001, T1195.002.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.live.toolchains import is_interpreter
from lazaretto.detect.places import Place
from lazaretto.detect.programs import COPIERS, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.sights import reads_of
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and file."""
    for event, program in reads_of(behaviour, Place.TOKEN):
        client = program.tool not in ("", "node", "python")
        reads = is_interpreter(program.path) or name_of(program) in COPIERS
        if client or not reads or not event.package or not behaviour.installs(event.process):
            continue
        yield Match(
            N_("{who} read a login: {path}"),
            path=event.target,
            params={"who": behaviour.who(event), "path": event.target},
            phase=behaviour.phase_of(event),
            process=event.process,
        )


RULE = Rule(
    id="run/token-read",
    title=N_("A package's script reads what clients log in with"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1552.001", "T1195.002"),
    state="experimental",
)
