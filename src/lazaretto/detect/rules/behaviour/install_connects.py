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

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour, is_host
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action, Event
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_REQUEST = re.compile(r"https (?:GET|HEAD) (/[\w./@+-]{1,300}) HTTP/1\.1 (\d{1,4}) bytes")
_HEADERS = re.compile(
    r"/(?:[\w-]{1,40}/){1,3}v\d{1,3}\.\d{1,3}\.\d{1,3}/(?:node-v[\d.]{5,20}(?:-headers)?\.tar\.gz|SHASUMS256\.txt)"
)
"""What node-gyp fetches before it compiles: the headers of the running Node."""
_RELEASE = re.compile(r"/[\w.-]{1,100}/([\w.-]{1,100})/releases/download/[\w.@/+-]{1,150}")


_FORGES = frozenset({"github.com", "gitlab.com", "codeberg.org"})
_NODE = frozenset({"nodejs.org", "artifacts.electronjs.org", "www.electronjs.org"})


def _usual(behaviour: Behaviour, event: Event) -> bool:
    """Tell whether all that this host was asked for is the ready-made build of the package itself, or Node's headers.

    Only where requests are seen (in the sandbox): nothing is sent along, and the repository has the package's name.
    """
    host = event.target.rpartition(":")[0]
    if host not in _FORGES and host not in _NODE:
        return False
    asked = [one for one in behaviour.every(Action.REQUEST) if one.target == event.target]
    package = _core(event.package.partition(":")[2].rpartition("@")[0].rpartition("/")[2])
    for one in asked:
        request = _REQUEST.match(one.detail)
        if request is None or int(request[2]) > 1024:
            return False
        release = _RELEASE.fullmatch(request[1])
        own = release is not None and bool(package) and _core(release[1]) == package
        if not (own if host in _FORGES else _HEADERS.fullmatch(request[1])):
            return False
    return bool(asked)


def _core(name: str) -> str:
    """Return a name without the words that names of bindings carry."""
    return re.sub(r"^node-|-node$|\.js$|-js$", "", name.lower())


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
            severity=Severity.MEDIUM if event.package and not _usual(behaviour, event) else Severity.LOW,
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
