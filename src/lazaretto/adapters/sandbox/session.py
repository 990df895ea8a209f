"""A sandbox: build it, run commands in it one after the other, end it, and give back what was recorded.

    with Sandbox(Box(project), tools) as sandbox:
        sandbox.run(Step(("/usr/bin/npm", "ci"), Phase.INSTALL)).record
        sandbox.run(Step(("/usr/bin/npm", "start"))).record       # in what the first one left

Home, project and network are the same for all commands of one sandbox; each has a record of its own.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import lazaretto
from lazaretto.adapters.sandbox import bwrap, decoys
from lazaretto.adapters.sandbox.authority import Authority
from lazaretto.adapters.sandbox.kernel import Listener
from lazaretto.adapters.sandbox.notes import Network, Notes
from lazaretto.adapters.sandbox.probe import Tools
from lazaretto.adapters.sandbox.processes import Digests
from lazaretto.adapters.sandbox.recorder import Recorder
from lazaretto.adapters.sandbox.relay import Dial, Relay, Way
from lazaretto.adapters.sandbox.sinkhole import Sinkhole
from lazaretto.adapters.sandbox.stage import receive, send
from lazaretto.adapters.sandbox.streams import Streams
from lazaretto.adapters.sandbox.written import Written, collect
from lazaretto.model.behaviour import Record
from lazaretto.model.finding import Gap, Phase, Stage
from lazaretto.model.text import N_, Message

_START = (
    "import sys; sys.path[:0] = {path!r}; from lazaretto.adapters.sandbox.stage import main; main({fds[0]}, {fds[1]}, "
    "{fds[2]})"
)
_LIMITS = {"CORE": 0, "NPROC": 1024, "NOFILE": 4096, "FSIZE": 1 << 30, "DATA": 4 << 30}
_DISK, _FILES = 2 << 30, 1 << 20
_BUILD_SECONDS = 20.0
_END_SECONDS = 5.0
_LISTENERS = 7

__all__ = ["Box", "Order", "Ran", "Sandbox", "SandboxError", "Step", "run_order"]


class SandboxError(Exception):
    """The sandbox could not be built; nothing of the command was run. `message` is for the user; exit code 3."""

    exit_kind = "incomplete"

    def __init__(self, template: str, **params: object) -> None:
        """`template` is a message marked with `N_`."""
        self.message = Message.of(template, params)
        super().__init__(self.message.english())


@dataclass(frozen=True, slots=True)
class Box:
    """What a sandbox is made of."""

    project: Path
    """The person's folder; it is never changed."""
    name: str = ""
    """What the folder is called inside; empty = as it is outside."""
    kept: Path | None = None
    """A folder with `upper` and `work` where changes of the project stay; None = they end with the sandbox."""
    home: Mapping[str, str] = field(default_factory=dict)
    """Further files of the home inside, by their path below it."""
    over: Mapping[str, str] = field(default_factory=dict)
    """Files that lie over the project's own, by their name in its top folder."""
    tools: Sequence[tuple[str, str]] = ()
    """Folders and programs of the person: where they are, and where they are inside; read only."""
    gate: Dial | None = None
    """Connect to the registry firewall, at `netns.GATE` of the loopback inside; None = nobody is there."""
    allow: Way | None = None
    """Connect to a host that the person allowed; None = none is."""
    echo: Callable[[bytes], None] | None = None
    """Gets what commands write, as they write it, from a thread. Hostile."""


@dataclass(frozen=True, slots=True)
class Order:
    """One command in a sandbox of its own."""

    project: Path
    """The person's folder; it is never changed."""
    command: tuple[str, ...]
    phase: Phase = Phase.RUN
    seconds: float = 300.0
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One command in a sandbox."""

    command: tuple[str, ...]
    """An absolute program and its arguments."""
    phase: Phase = Phase.RUN
    seconds: float = 300.0
    environment: Mapping[str, str] = field(default_factory=dict)
    terminal: int | None = None
    """Descriptor of a terminal that the command gets for its own; closed here. None = pipes, and no input."""
    endless: bool = False
    """It is the person who ends it (Ctrl-C)."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of it."""

    record: Record
    output: bytes
    """What the command wrote to both of its streams, its first MiB. Hostile."""
    written: tuple[Written, ...] = ()
    """What programs wrote, deleted or ran from memory, to be examined. Hostile."""
    interrupted: bool = False
    """The person ended it (Ctrl-C)."""


def run_order(order: Order, tools: Tools) -> Ran:
    """Run one command in a sandbox of its own and record what it does.

    Raises:
        SandboxError: the sandbox cannot be built.
    """
    with Sandbox(Box(order.project), tools) as sandbox:
        return sandbox.run(Step(order.command, order.phase, order.seconds, order.environment))


class Sandbox:
    """One sandbox; a context."""

    def __init__(self, box: Box, tools: Tools) -> None:
        """Nothing is built before the context is entered."""
        self._box, self._tools = box, tools
        self.bait = decoys.make()
        self.inside = f"{bwrap.HOME}/work/{plain(box.name or box.project.resolve().name)}"
        """Path of the project inside."""
        self._authority = Authority(datetime.now(UTC))
        self._network = Network(self._notes(), decoys.Canaries(self.bait))
        self._asking = threading.Lock()
        self._relays: list[Relay] = []

    def __enter__(self) -> Self:
        """Build it.

        Raises:
            SandboxError: it cannot be built.
        """
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._questions, their_questions = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        plan = os.memfd_create("plan")
        with os.fdopen(os.dup(plan), "wb") as stream:
            stream.write(json.dumps(self._plan()).encode())
        os.lseek(plan, 0, os.SEEK_SET)
        fds = (theirs.fileno(), their_questions.fileno(), plan)
        start = _START.format(path=[str(Path(lazaretto.__file__).parent.parent)], fds=fds)
        self._child = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", "-c", start],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=fds,
            env={},
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us; we end it
        )
        for one in (theirs, their_questions):
            one.close()
        os.close(plan)
        self._sinkhole: Sinkhole | None = None
        try:
            listeners = [socket.socket(fileno=fd) for fd in self._told("net", _BUILD_SECONDS)[1]]
            gate = listeners.pop()
            self._sinkhole = Sinkhole(listeners, self._network, self._box.allow, self._authority)
            self._relays.append(Relay(gate, self._box.gate, self._network.canaries, self._network))
        except OSError as error:
            self._close()
            raise SandboxError(N_("the sandbox cannot be built: {error}"), error=str(error)) from error
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """End it, with everything that still runs in it."""
        self._close()

    def run(self, step: Step) -> Ran:
        """Run one command and wait for its end; Ctrl-C ends it.

        Raises:
            SandboxError: the command cannot be started; its sandbox is of no use any more.
        """
        notes = self._network.notes = self._notes()
        with Streams(step.terminal, self._box.echo) as streams:
            try:
                code, interrupted, recorder = self._serve(step, notes, streams)
            except OSError as error:
                raise SandboxError(N_("the sandbox cannot be built: {error}"), error=str(error)) from error
            output = streams.collected()
        if self._sinkhole is not None:
            self._sinkhole.settle()
        seconds = time.monotonic() - notes.started
        gaps = self._gaps(step, notes, recorder, interrupted=interrupted, ended=code is not None)
        record = self._record(step, notes, gaps, code, seconds)
        written, left = collect(record, notes.kept, self._folder)
        if left:
            reason = Message.of(N_("{n} files that were written inside were not examined: too many"), {"n": left})
            record = replace(record, gaps=(*record.gaps, Gap(Stage.LIMIT, step.phase.value, reason)))
        return Ran(record, output.data, written, interrupted)

    def _folder(self, name: str) -> int:
        """Open a folder inside for `collect`. Raises OSError."""
        return self.changes() if name == "project" else self._asked({"folder": name})

    def connect(self, port: int) -> socket.socket:
        """Connect to a port of the loopback inside. Raises OSError."""
        return socket.socket(fileno=self._asked({"port": port}))

    def changes(self) -> int:
        """Open the folder that holds what was changed in the project (an overlay's upper). Raises OSError."""
        return self._asked({"folder": "kept/upper" if self._box.kept else "upper"})

    def _asked(self, question: dict[str, Any]) -> int:
        with self._asking:
            send(self._questions, question)
            got = receive(self._questions)
        if got is None:
            raise ConnectionAbortedError("the sandbox has ended")
        message, fds = got
        if not fds:
            raise ConnectionRefusedError(message.get("error", ""))
        return fds[0]

    def _serve(self, step: Step, notes: Notes, streams: Streams) -> tuple[int | None, bool, Recorder]:
        word = {
            "do": "run",
            "command": step.command,
            "environment": {**{one.variable: one.content for one in self.bait if one.variable}, **step.environment},
            "terminal": step.terminal is not None,
        }
        send(self._channel, word, streams.theirs())
        (listener,) = self._told("filter", _BUILD_SECONDS)[1]
        recorder = Recorder(Listener(listener), notes)
        notes.begin()
        recorder.start()
        code, interrupted = None, False
        try:
            code = self._told("ended", step.seconds)[0]["code"]
        except TimeoutError:
            self._end()
        except KeyboardInterrupt:
            interrupted = True
            self._end()
        finally:
            recorder.join(_END_SECONDS)
            if not recorder.is_alive():
                recorder.close()
        return code, interrupted, recorder

    def _end(self) -> None:
        """End what runs. Its end is told to us, or the sandbox is broken: then OSError."""
        send(self._channel, {"do": "end"})
        self._told("ended", _END_SECONDS)

    def _told(self, word: str, seconds: float) -> tuple[dict[str, Any], list[int]]:
        """Wait for a word. Raises TimeoutError, and OSError with what the other side says is wrong."""
        self._channel.settimeout(seconds)
        got = receive(self._channel)
        self._channel.settimeout(None)
        if got is not None and got[0]["word"] == word:
            return got
        raise OSError(got[0].get("error", got[0]["word"]) if got else "it ended without a word")

    def _gaps(self, step: Step, notes: Notes, recorder: Recorder, *, interrupted: bool, ended: bool) -> list[Gap]:
        phase, gaps = step.phase.value, list[Gap]()
        if interrupted and not step.endless:
            gaps.append(Gap(Stage.LIMIT, phase, Message.of(N_("interrupted: what came next was not seen"))))
        elif not ended and not interrupted:
            reason = Message.of(N_("ended after {n} seconds"), {"n": int(step.seconds)})
            gaps.append(Gap(Stage.LIMIT, phase, reason, partial=True))
        if recorder.failure:
            reason = Message.of(N_("the recorder ended early: {error}"), {"error": recorder.failure})
            gaps.append(Gap(Stage.READ, phase, reason))
        if self._sinkhole is not None and self._sinkhole.lost:
            reason = Message.of(N_("{n} connections were dropped unseen: too many at once"), {"n": self._sinkhole.lost})
            gaps.append(Gap(Stage.NETWORK, phase, reason))
            self._sinkhole.lost = 0
        return gaps

    def _record(self, step: Step, notes: Notes, gaps: list[Gap], code: int | None, seconds: float) -> Record:
        name = self._sinkhole.names.name if self._sinkhole is not None else str
        return notes.record(step.phase, code, seconds, name, tuple(gaps))

    def _notes(self) -> Notes:
        return Notes(
            frozenset(f"{bwrap.HOME}/{one.path}" for one in self.bait if not one.variable),
            self.inside,
            bwrap.HOME,
            Digests(),
        )

    def _plan(self) -> dict[str, object]:
        box = self._box
        return {
            "project": str(box.project.resolve()),
            "inside": self.inside,
            "kept": str(box.kept.resolve()) if box.kept else "",
            "authority": self._authority.certificate,
            "decoys": {one.path: one.content for one in self.bait if not one.variable},
            "home": dict(box.home),
            "over": dict(box.over),
            "tools": list(box.tools),
            "limits": _LIMITS,
            "disk": _DISK,
            "files": _FILES,
            "bwrap": self._tools.bwrap,
            "ip": self._tools.ip,
            "nft": self._tools.nft,
        }

    def _close(self) -> None:
        self._child.kill()
        self._child.wait()
        self._channel.close()
        self._questions.close()
        for relay in self._relays:
            relay.close()
        if self._sinkhole is not None:
            self._sinkhole.close()


def plain(name: str) -> str:
    """Return a name that is no trouble in a path."""
    kept = "".join(one if one.isalnum() or one in "-_." else "-" for one in name)
    return kept.strip(".") or "project"
