"""Secrets are read, then a stranger is spoken to.

What it sees
    A program opened a browser's data, a wallet, keys, a history or bait, and within five minutes the same
    program, one that it started or one of the same package connected to a host that is no registry.

Why it matters
    It is the shape of every theft: collect, then send.

Example
    npm:graph-x@2.2.9 postinstall -> node   ~/.config/google-chrome/Default/Login Data, then c2.test:1224

What to do
    Take the computer off the network, change what was read.

False alarms
    Programs that log in somewhere with a key: told only for installations, or for data of browsers and wallets.

References
    ATT&CK T1041, T1005.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour, is_host
from lazaretto.detect.places import OF_CLIENTS, SECRETS, Place, place_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action, Event
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_WITHIN = 300.0
_PERSONAL = frozenset({Place.BROWSER, Place.WALLET, Place.HISTORY})
_CLIENTS = frozenset({"git", "npm", "pnpm", "yarn", "pip", "uv", "poetry", "editor"})


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program that read, and host."""
    reads = [event for event in behaviour.of(Action.READ) if _counts(behaviour, event)]
    if not reads:
        return
    for number, event in enumerate(behaviour.record.events):
        if event.action is not Action.CONNECT or not is_host(event.target) or behaviour.is_registry(event.target):
            continue
        if event.target.endswith(":53"):
            continue
        for read in reads:
            if 0 <= event.at - read.at <= _WITHIN and _together(behaviour, read, event):
                yield Match(
                    N_("{who} read {path}, then connected to {host}"),
                    path=read.target,
                    params={"who": behaviour.who(event), "path": read.target, "host": event.target},
                    phase=behaviour.phase_of(event),
                    event=number,
                )
                break


def _counts(behaviour: Behaviour, event: Event) -> bool:
    place = place_of(event.target, behaviour.record.home)
    opened_anyway = event.target.endswith(OF_CLIENTS)
    if opened_anyway and not behaviour.record.live:
        return (
            False  # npm within a script opens it as well; what leaves is seen in the sandbox itself (run/canary-leaves)
        )
    bait = event.target in behaviour.record.decoys and not opened_anyway
    if (place not in SECRETS and not bait) or event.process < 0:
        return False
    program = behaviour.program(event)
    if program is None or program.tool in _CLIENTS or program.path.endswith(("/ssh", "/gpg")):
        return False
    return bait or place in _PERSONAL or (behaviour.installs(event.process) and bool(event.package))


def _together(behaviour: Behaviour, read: Event, event: Event) -> bool:
    if read.package and read.package == event.package:
        return True
    programs = behaviour.record.programs
    if not (0 <= read.process < len(programs) and 0 <= event.process < len(programs)):
        return False
    own = programs[read.process]
    return any(one is own for one in behaviour.record.chain(event.process)) or any(
        one is programs[event.process] for one in behaviour.record.chain(read.process)[behaviour.record.outside :]
    )


RULE = Rule(
    id="run/secrets-then-connects",
    title=N_("Secrets are read, then a stranger is spoken to"),
    view=Behaviour,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1041", "T1005"),
    state="experimental",
)
