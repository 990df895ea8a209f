"""What is written down while a command runs: by the recorder, and by the network that plays every host.

Both write from threads of their own. `Notes.record` makes the frozen record of it at the end.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lazaretto.adapters.sandbox import sinkhole
from lazaretto.adapters.sandbox.decoys import Canaries
from lazaretto.adapters.sandbox.processes import Digests
from lazaretto.adapters.sandbox.written import Kept
from lazaretto.detect.attribution import Owner
from lazaretto.model.behaviour import Action, Event, Flow, Program, Record
from lazaretto.model.finding import Gap, Phase, Stage
from lazaretto.model.text import N_, Message

MOST_EVENTS = 400_000
_MOST_PROGRAMS = 20_000
_MOST_FLOWS = 20_000
_MOST_WAITING = 4096
_MOST_DATA = 64 << 10


@dataclass(slots=True)
class Draft:
    """One program while it is written down."""

    pid: int
    parent: int
    path: str
    argv: tuple[str, ...]
    cwd: str
    at: float
    owner: Owner | None = None
    environment: dict[str, str] = field(default_factory=dict)
    added: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    digest: tuple[int, int, int, int] | None = None
    end: float | None = None
    near: str = ""
    manages: bool = False
    """It is a package manager."""


@dataclass(slots=True)
class Notes:
    """What was written down until now."""

    decoys: frozenset[str]
    """Paths inside."""
    project: str
    home: str
    digests: Digests
    started: float = field(default_factory=time.monotonic)
    began: float = field(default_factory=time.time)
    programs: list[Draft] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: Kept = field(default_factory=Kept)
    lost: int = 0
    """Events, programs and flows beyond the bounds."""
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: dict[str, deque[tuple[int, int]]] = field(default_factory=dict)
    """Address and port to the connects that no flow was found for yet: event and program."""
    _last: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """The command starts now."""
        self.started, self.began = time.monotonic(), time.time()

    def now(self) -> float:
        """Return the time since the command started, in seconds."""
        return time.monotonic() - self.started

    def add(self, action: Action, process: int, target: str, detail: str = "", *, sensor: str = "calls") -> None:
        """Write down an event that happens now."""
        with self.lock:
            self._add(action, process, target, detail, sensor)

    def connected(self, process: int, target: str, detail: str) -> None:
        """Write down a connect to an address, `IP:PORT`; the flow that follows asks for it."""
        with self.lock:
            if self._add(Action.CONNECT, process, target, detail, "calls"):
                waiting = self._waiting.setdefault(target, deque(maxlen=_MOST_WAITING))
                waiting.append((len(self.events) - 1, process))
            self._last[target] = process

    def asked(self, process: int) -> None:
        """Remember who speaks with the name server."""
        self._last["name"] = process

    def started_program(self, made: Draft) -> int:
        """Write down a program; return its index, -1 beyond the bound."""
        with self.lock:
            if len(self.programs) >= _MOST_PROGRAMS:
                self.lost += 1
                return -1
            self.programs.append(made)
            return len(self.programs) - 1

    def flow(self, flow: Flow, canaries: list[tuple[str, str]]) -> None:
        """Write down what a host was told. Its program is whoever connected to this address and was not taken yet."""
        with self.lock:
            process = self._taken(flow)
            flow = replace(flow, at=flow.at - self.started, process=process)
            flow = replace(flow, end=None if flow.end is None else flow.end - self.started)
            if len(self.flows) >= _MOST_FLOWS:
                self.lost += 1
            else:
                self.flows.append(flow)
            where = f"{flow.host}:{flow.port}"
            if flow.kind == "name":
                self._add(Action.RESOLVE, process, flow.host, flow.name, "network")
            else:
                what = " ".join(f"{flow.kind} {flow.request or flow.name} {flow.sent} bytes".split())
                self._add(Action.REQUEST, process, where, what, "network")
            for path, how in canaries:
                self._add(Action.CANARY, process, where, f"{path} ({how})", "network")

    def _taken(self, flow: Flow) -> int:
        if flow.kind == "name":
            return self._last.get("name", -1)
        target = f"[{flow.address}]:{flow.port}" if ":" in flow.address else f"{flow.address}:{flow.port}"
        waiting = self._waiting.get(target)
        if not waiting:
            return self._last.get(target, -1)
        event, process = waiting.popleft()
        if flow.host != flow.address:
            self.events[event] = replace(self.events[event], target=f"{flow.host}:{flow.port}")
        return process

    def _add(self, action: Action, process: int, target: str, detail: str, sensor: str) -> bool:
        if len(self.events) >= MOST_EVENTS:
            self.lost += 1
            return False
        by = self.programs[process] if process >= 0 else None
        package = by.owner.package if by is not None and by.owner is not None else ""
        near = by.near if by is not None and not package and not by.manages else ""
        self.events.append(Event(self.now(), sensor, action, process, target, detail, package, near))
        return True

    def record(
        self, phase: Phase, code: int | None, seconds: float, name: Callable[[str], str], gaps: tuple[Gap, ...] = ()
    ) -> Record:
        """Make the record. `name`: tells which name a made-up address was given for, or nothing."""
        self.digests.finish()
        if self.lost:
            reason = N_("{n} events beyond the bound were not recorded")
            gaps = (*gaps, Gap(Stage.LIMIT, phase.value, Message.of(reason, {"n": self.lost})))
        with self.lock:
            return Record(
                phase=phase,
                programs=tuple(self._program(one) for one in self.programs),
                events=tuple(sorted((_named(event, name) for event in self.events), key=lambda event: event.at)),
                flows=tuple(sorted(self.flows, key=lambda flow: flow.at)),
                counted=tuple(sorted((f"{how} {folder}", n) for (how, folder), n in self.counted.items())),
                decoys=self.decoys,
                project=self.project,
                home=self.home,
                gaps=gaps,
                code=code,
                seconds=seconds,
                began=self.began,
                calls=self.calls,
            )

    def _program(self, one: Draft) -> Program:
        owner = one.owner or Owner("")
        return Program(
            pid=one.pid,
            parent=one.parent,
            path=one.path,
            argv=one.argv,
            cwd=one.cwd,
            at=one.at,
            package=owner.package,
            script=owner.script,
            how=owner.how,
            added=one.added,
            removed=one.removed,
            digest=self.digests.told(one.digest),
            end=one.end,
        )


def _named(event: Event, name: Callable[[str], str]) -> Event:
    """Put the name in place of a made-up address that no flow was seen for: the sandbox ended before."""
    if event.action is not Action.CONNECT:
        return event
    host, _, port = event.target.rpartition(":")
    known = name(host)
    return replace(event, target=f"{known}:{port}") if known else event


class Network:
    """Writes down what hosts were told, and which decoys were in it."""

    def __init__(self, notes: Notes, canaries: Canaries) -> None:
        self.notes = notes
        """Of the command that runs now."""
        self.canaries = canaries

    def __call__(self, seen: sinkhole.Flow) -> None:
        """Note one flow; called from threads."""
        text = seen.sent if seen.kind != "name" else seen.host.encode()
        found = list(self.canaries.seen_in(text))
        told = Flow(
            at=seen.at,
            kind=seen.kind,
            host=seen.host,
            port=seen.port,
            address=seen.address,
            name=seen.what if seen.kind == "name" else seen.name,
            ja3=seen.ja3,
            request="" if seen.kind in ("name", "tls") else seen.what,
            headers=seen.headers,
            sent=seen.size or len(seen.sent),
            data=seen.sent[:_MOST_DATA],
            answer=seen.answer,
            end=seen.end or None,
            decision=seen.decision,
        )
        self.notes.flow(told, found)
