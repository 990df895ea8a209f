"""One command in the sandbox: build it, serve it, end it, and give the record back."""

import array
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import lazaretto
from lazaretto.adapters.sandbox import bwrap, decoys
from lazaretto.adapters.sandbox.kernel import Listener
from lazaretto.adapters.sandbox.probe import Tools
from lazaretto.adapters.sandbox.recorder import Notes, Recorder
from lazaretto.adapters.sandbox.sinkhole import Flow, Sinkhole
from lazaretto.model.behaviour import Action, Event, Record
from lazaretto.model.finding import Gap, Phase, Stage
from lazaretto.model.text import N_, Message

_START = "import sys; sys.path[:0] = {path!r}; from lazaretto.adapters.sandbox.stage import main; main({fd})"
_LIMITS = {"CORE": 0, "NPROC": 1024, "NOFILE": 4096, "FSIZE": 1 << 30, "DATA": 4 << 30}
_DISK, _FILES = 2 << 30, 1 << 20
_BUILD_SECONDS = 20.0
_OUTPUT = 1 << 20


class SandboxError(Exception):
    """The sandbox could not be built; nothing of the command was run. `message` is for the user; exit code 3."""

    exit_kind = "incomplete"

    def __init__(self, template: str, **params: object) -> None:
        """`template` is a message marked with `N_`."""
        self.message = Message.of(template, params)
        super().__init__(self.message.english())


@dataclass(frozen=True, slots=True)
class Order:
    """What to run, and how."""

    project: Path
    """The person's folder; it is never changed."""
    command: tuple[str, ...]
    phase: Phase = Phase.RUN
    seconds: float = 300.0
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of it."""

    record: Record
    output: bytes
    """What the command wrote to both of its streams, its first MiB. Hostile."""


def run_order(order: Order, tools: Tools) -> Ran:
    """Run one command in a sandbox of its own and record what it does.

    Raises:
        SandboxError: the sandbox cannot be built.
    """
    bait = decoys.make()
    inside = f"{bwrap.HOME}/work/{_plain(order.project.name)}"
    notes = Notes(frozenset(f"{bwrap.HOME}/{one.path}" for one in bait), inside, bwrap.HOME)
    with tempfile.TemporaryFile() as output:
        code, lost = _serve(order, tools, bait, notes, output)
        output.seek(0)
        told = output.read(_OUTPUT)
    gaps = []
    if notes.lost:
        reason = N_("{n} events beyond the bound were not recorded")
        gaps.append(Gap(Stage.LIMIT, order.phase.value, Message.of(reason, {"n": notes.lost})))
    gaps += lost
    record = Record(
        phase=order.phase,
        programs=tuple(notes.programs),
        events=tuple(sorted(notes.events, key=lambda event: event.at)),
        decoys=notes.decoys,
        project=inside,
        home=bwrap.HOME,
        gaps=tuple(gaps),
        code=code,
        seconds=time.monotonic() - notes.started,
        calls=notes.calls,
    )
    return Ran(record, told)


def _plain(name: str) -> str:
    kept = "".join(one if one.isalnum() or one in "-_." else "-" for one in name)
    return kept.strip(".") or "project"


def _serve(
    order: Order, tools: Tools, bait: tuple[decoys.Decoy, ...], notes: Notes, output: BinaryIO
) -> tuple[int | None, list[Gap]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    start = _START.format(path=[str(Path(lazaretto.__file__).parent.parent)], fd=theirs.fileno())
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-I", "-S", "-c", start],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        pass_fds=(theirs.fileno(),),
        env={},
        cwd="/",
    )
    theirs.close()
    sinkhole: Sinkhole | None = None
    recorder: Recorder | None = None
    try:
        ours.settimeout(_BUILD_SECONDS)
        ours.send(json.dumps(_plan(order, tools, bait, notes)).encode() + b"\n")
        listeners = [socket.socket(fileno=fd) for fd in _receive(ours, "net", 6)]
        sinkhole = Sinkhole(listeners, _Network(notes, decoys.Canaries(bait)))
        (listener,) = _receive(ours, "filter", 1)
        recorder = Recorder(Listener(listener), notes)
        notes.started = time.monotonic()
        recorder.start()
        code = _wait(child, order.seconds)
    except OSError as error:
        raise SandboxError(N_("the sandbox cannot be built: {error}"), error=str(error)) from error
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        ours.close()
        if sinkhole is not None:
            sinkhole.close()
        if recorder is not None:
            recorder.join(5)
            if not recorder.is_alive():
                recorder.close()
    gaps = []
    if code is None:
        reason = Message.of(N_("ended after {n} seconds"), {"n": int(order.seconds)})
        gaps.append(Gap(Stage.LIMIT, order.phase.value, reason, partial=True))
    notes.events[:] = _named(notes.events, sinkhole)
    if recorder.failure:
        why = Message.of(N_("the recorder ended early: {error}"), {"error": recorder.failure})
        gaps.append(Gap(Stage.READ, order.phase.value, why))
    if sinkhole.lost:
        dropped = Message.of(N_("{n} connections were dropped unseen: too many at once"), {"n": sinkhole.lost})
        gaps.append(Gap(Stage.NETWORK, order.phase.value, dropped))
    return code, gaps


def _named(events: Sequence[Event], sinkhole: Sinkhole) -> list[Event]:
    """Put names in place of addresses, and give what was sent to the program that had connected there last."""
    last: dict[str, Event] = {}
    found = []
    for event in sorted(events, key=lambda one: one.at):
        if event.action is Action.CONNECT:
            host, _, port = event.target.rpartition(":")
            event = replace(event, target=f"{sinkhole.names.name(host) or host}:{port}")
            last[event.target] = event
        elif event.process < 0 and event.target in last:
            by = last[event.target]
            event = replace(event, process=by.process, package=by.package)
        found.append(event)
    return found


def _plan(order: Order, tools: Tools, bait: tuple[decoys.Decoy, ...], notes: Notes) -> dict[str, object]:
    return {
        "project": str(order.project.resolve()),
        "inside": notes.project,
        "command": order.command,
        "environment": dict(order.environment),
        "decoys": {one.path: one.content for one in bait},
        "limits": _LIMITS,
        "disk": _DISK,
        "files": _FILES,
        "bwrap": tools.bwrap,
        "ip": tools.ip,
        "nft": tools.nft,
    }


def _receive(channel: socket.socket, word: str, count: int) -> list[int]:
    """Receive descriptors. Raises OSError with what the other side says is wrong."""
    data, control, _, _ = channel.recvmsg(4096, socket.CMSG_SPACE(count * 4))
    fds = array.array("i")
    for level, kind, raw in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(raw[: len(raw) - len(raw) % 4])
    if data.decode("utf-8", "replace") != word or len(fds) != count:
        for fd in fds:
            os.close(fd)
        raise OSError(data.decode("utf-8", "replace").removeprefix("error ") or "it ended without a word")
    return list(fds)


def _wait(child: "subprocess.Popen[bytes]", seconds: float) -> int | None:
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


class _Network:
    """Turns what hosts were told into events."""

    def __init__(self, notes: Notes, canaries: decoys.Canaries) -> None:
        self._notes = notes
        self._canaries = canaries

    def __call__(self, flow: Flow) -> None:
        where = f"{flow.host}:{flow.port}"
        action = Action.RESOLVE if flow.kind == "name" else Action.REQUEST
        target = flow.host if flow.kind == "name" else where
        detail = flow.what if flow.kind == "name" else f"{flow.kind} {flow.what} {len(flow.sent)} bytes"
        self._notes.add(action, -1, target, " ".join(detail.split()), sensor="network")
        for path, how in self._canaries.seen_in(flow.sent or flow.host.encode()):
            self._notes.add(Action.CANARY, -1, where, f"{path} ({how})", sensor="network")
