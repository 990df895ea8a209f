"""What rules of the family `behaviour` see: the record of one phase in the sandbox."""

import ipaddress
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lazaretto.model.behaviour import Action, Event, Program, Record

_CHAIN = 6


@dataclass(frozen=True)
class Behaviour:
    """One phase's record, and what is the person's own wish in it."""

    record: Record
    registries: frozenset[str] = frozenset()
    """Names of the package registries that this person's clients are set up for."""

    def of(self, action: Action) -> Iterator[Event]:
        """Yield the events of one action, each program and target once."""
        told: set[tuple[int, str]] = set()
        for event in self.record.events:
            if event.action is action and (event.process, event.target) not in told:
                told.add((event.process, event.target))
                yield event

    def who(self, event: Event) -> str:
        """Say who did it: package and script, then the programs from the first to the last."""
        chain = self.record.chain(event.process)
        if not chain:
            return "?"
        names = [posixpath.basename(program.path) or "?" for program in chain]
        own = [f"{chain[-1].package} {chain[-1].script}"] if chain[-1].package else []
        return " -> ".join([*own, *names[-_CHAIN:]])

    @cached_property
    def of_packages(self) -> tuple[Program, ...]:
        """Programs that lifecycle scripts started."""
        return tuple(program for program in self.record.programs if program.package)

    def is_registry(self, target: str) -> bool:
        """Tell whether a `host:port` is one of the person's registries."""
        return target.rpartition(":")[0] in self.registries


def is_host(target: str) -> bool:
    """Tell whether a target is a host beyond this machine: no Unix socket, no address of it."""
    if target.startswith("unix:"):
        return False
    host = target.rpartition(":")[0].strip("[]")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return not (address.is_loopback or address.is_unspecified)
