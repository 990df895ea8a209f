"""What rules of the family `behaviour` see: the record of one phase in the sandbox."""

import ipaddress
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lazaretto.model.behaviour import Action, Event, Program, Record
from lazaretto.model.finding import Phase

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
        for event in self._by_action.get(action, ()):
            if (event.process, event.target) not in told:
                told.add((event.process, event.target))
                yield event

    @cached_property
    def _by_action(self) -> dict[Action, list[Event]]:
        found: dict[Action, list[Event]] = {}
        for event in self.record.events:
            found.setdefault(event.action, []).append(event)
        return found

    def every(self, action: Action) -> Sequence[Event]:
        """Return all events of one action in the order of their time, repetitions, too."""
        return self._by_action.get(action, ())

    def phase_of(self, event: Event) -> Phase:
        """Say in which phase it happened: the program's own, else the record's."""
        return self.phase_in(event.process)

    def phase_in(self, process: int) -> Phase:
        """Say in which phase a program ran."""
        own = self.record.programs[process].phase if 0 <= process < len(self.record.programs) else None
        return own or self.record.phase

    def installs(self, process: int) -> bool:
        """Tell whether a program is part of an installation: a package's script, a build, or the client itself."""
        return self.phase_in(process) in (Phase.INSTALL, Phase.BUILD)

    def program(self, event: Event) -> Program | None:
        """Return who did it; None = not known."""
        return self.record.programs[event.process] if 0 <= event.process < len(self.record.programs) else None

    def doer(self, process: int) -> str:
        """Say who a program is, as `who` does."""
        return self.who(Event(0.0, "", Action.EXEC, process, ""))

    @property
    def own(self) -> Iterator[tuple[int, Program]]:
        """Yield index and program of what ran under the command or tool itself, without its ancestors outside."""
        yield from enumerate(self.record.programs[self.record.outside :], self.record.outside)

    def above(self, process: int) -> tuple[Program, ...]:
        """Return those that started a program, the first one first, without itself."""
        return self.record.chain(process)[:-1]

    def who(self, event: Event) -> str:
        """Say who did it: package and script, then the programs from the first to the last."""
        chain = self.record.chain(event.process)
        if not chain:
            return "?"
        if self.record.live:  # what started the tool is another question
            outside = self.record.programs[: self.record.outside]
            chain = tuple(one for one in chain if not any(one is other for other in outside)) or chain[-1:]
        names = [posixpath.basename(program.path) or "?" for program in chain]
        own = [f"{chain[-1].package} {chain[-1].script}"] if chain[-1].package else []
        return " -> ".join([*own, *names[-_CHAIN:]])

    @cached_property
    def of_packages(self) -> tuple[Program, ...]:
        """Programs that lifecycle scripts of an installation started."""
        run = (Phase.RUN, Phase.OPEN)
        strong = ("lifecycle", "build")
        return tuple(
            one
            for one in self.record.programs
            if one.package and (one.script or one.how in strong) and one.phase not in run
        )

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
