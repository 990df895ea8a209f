"""A program asks the same host again and again.

What it sees
    One program connected to the same host outside at least six times, at intervals of two seconds to an hour
    that differ by little. Registries and the person's own hosts on this computer do not count.

Why it matters
    Implants ask for orders in a rhythm. A jitter of a third is tolerated: some have one.

Example
    node   c2.test:1224 each 5 s

What to do
    Look at what the program is; cut it off with --respond block-net.

False alarms
    Programs that poll a service: they are told as LOW when the host has a name, the port is that of the web and
    it is no installation.

References
    ATT&CK T1071.001, T1029.
"""

import ipaddress
import itertools
import statistics
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour, is_host
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action, Event
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_ENOUGH = 6
_SHORTEST, _LONGEST = 2.0, 3600.0
_SPAN = 20.0
"""Seconds between the first and the last."""
_JITTER = 0.35
"""Most of the standard deviation of the intervals, as a part of their mean."""


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and host."""
    calls: dict[tuple[int, str], list[Event]] = {}
    for event in behaviour.every(Action.CONNECT):
        if is_host(event.target) and not behaviour.is_registry(event.target) and not event.target.endswith(":53"):
            calls.setdefault((event.process, event.target), []).append(event)
    for (process, target), events in calls.items():
        times = _apart([event.at for event in events])
        if len(times) < _ENOUGH or times[-1] - times[0] < _SPAN:
            continue
        gaps = [after - before for before, after in itertools.pairwise(times)]
        mean = statistics.fmean(gaps)
        if not _SHORTEST <= mean <= _LONGEST or statistics.pstdev(gaps) > _JITTER * mean:
            continue
        installs = behaviour.installs(process)
        plain = target.endswith((":443", ":80")) and not _is_address(target)
        yield Match(
            N_("{who} connects to {host} again and again"),
            path=behaviour.record.project,
            params={"who": behaviour.doer(process), "host": target},
            severity=Severity.HIGH if installs else Severity.LOW if plain else None,
            phase=behaviour.phase_in(process),
            process=process,
            at=events[-1].at,
        )


def _apart(times: list[float]) -> list[float]:
    """Take connections that are opened together as one."""
    found: list[float] = []
    for at in times:
        if not found or at - found[-1] > 0.5:
            found.append(at)
    return found


def _is_address(target: str) -> bool:
    try:
        ipaddress.ip_address(target.rpartition(":")[0].strip("[]"))
    except ValueError:
        return False
    return True


RULE = Rule(
    id="run/beacon",
    title=N_("A program asks the same host again and again"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1071.001", "T1029"),
    state="experimental",
)
