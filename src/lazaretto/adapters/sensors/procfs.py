"""/proc: what a process is, and which there are. Without the process connector also a poll for new ones."""

import os
import time
from collections.abc import Iterable, Iterator

from lazaretto.adapters.sensors.sensor import Host, Sensor, SensorKind
from lazaretto.detect.attribution import Facts, build
from lazaretto.model.host import ENVIRONMENT, Kind, Lost, Observed
from lazaretto.model.text import N_, Message

_CMDLINE = 128 << 10
_ENVIRON = 256 << 10
_VALUE = 400
_WANTED = frozenset(name.encode() for name in ENVIRONMENT)
_METADATA = ("PKG-INFO", "setup.cfg", "pyproject.toml")
_POLL = 0.25


def start_of(pid: int) -> tuple[int, int]:
    """Return parent and start time (ticks) of a process; zeros when it is gone."""
    raw = _read(f"/proc/{pid}/stat", 2048)
    fields = raw[raw.rfind(b")") + 2 :].split()
    if len(fields) < 20:
        return 0, 0
    return int(fields[1]), int(fields[19])


def look(pid: int, sensor: str, at: float, parent: int = 0) -> Observed:
    """Read what a process is. What is gone is empty."""
    above, started = start_of(pid)
    argv = tuple(os.fsdecode(word) for word in _read(f"/proc/{pid}/cmdline", _CMDLINE).split(b"\0")[:300])
    if argv and argv[-1] == "":
        argv = argv[:-1]
    path = _link(f"/proc/{pid}/exe")
    cwd = _link(f"/proc/{pid}/cwd")
    env = _environment(pid)
    try:
        uid = os.stat(f"/proc/{pid}").st_uid  # noqa: PTH116 - hot
    except OSError:
        uid = -1
    detail = ""
    if env or "pip" in cwd or "sdists" in cwd:
        detail = _metadata(Facts(path, argv, cwd, dict(env)))
    return Observed(at, sensor, Kind.EXEC, pid, parent or above, started, uid, path, argv, cwd, env, detail)


def snapshot(sensor: str, at: float) -> Iterator[Observed]:
    """Yield all processes that there are, those that began first first; kernel threads are left out."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208 - hot
        if name.isdigit():
            seen = look(int(name), sensor, at)
            if seen.path or seen.argv:
                found.append(seen)
    yield from sorted(found, key=lambda one: (one.started, one.pid))


def _environment(pid: int) -> tuple[tuple[str, str], ...]:
    found = []
    for entry in _read(f"/proc/{pid}/environ", _ENVIRON).split(b"\0"):
        name, equals, value = entry.partition(b"=")
        if equals and name in _WANTED:
            found.append((name.decode(), os.fsdecode(value[:_VALUE])))
    return tuple(found)


def _metadata(facts: Facts) -> str:
    """Read the head of the metadata in a build folder, so that the package can be named."""
    if build(facts) is None or not facts.cwd:
        return ""
    for name in _METADATA:
        raw = _read(os.path.join(f"/proc/self/root{facts.cwd}", name), 8192)  # noqa: PTH118 - hot
        lines = [line for line in raw.splitlines() if line[:8].lower().startswith((b"name", b"version"))]
        if lines:
            told = b"\n".join(line.replace(b"=", b":", 1).replace(b'"', b"").strip() for line in lines[:4])
            return told.decode("utf-8", "replace").replace("name:", "Name:").replace("version:", "Version:")
    return ""


def _read(path: str, most: int) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return b""
    try:
        return os.read(handle, most)
    except OSError:
        return b""
    finally:
        os.close(handle)


def _link(path: str) -> str:
    try:
        return os.readlink(path)  # noqa: PTH115 - hot
    except OSError:
        return ""


class Poll:
    """Compares lists of processes."""

    id = "proc"

    def __init__(self, host: Host) -> None:
        self._host = host
        self._known: dict[int, int] = {}
        self._next = 0.0

    def fileno(self) -> int:
        """Return -1: it is asked by time."""
        return -1

    def due(self) -> float:
        """Return when to look again."""
        return self._next

    def read(self) -> Iterable[Observed | Lost]:
        """Return processes that are new, and those that ended."""
        self._next = time.monotonic() + _POLL
        at = self._host.now()
        there = {int(name) for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208 - hot
        for pid in self._known.keys() - there:
            yield Observed(at, self.id, Kind.EXIT, pid, started=self._known.pop(pid))
        for pid in sorted(there - self._known.keys()):
            seen = look(pid, self.id, at)
            self._known[pid] = seen.started
            if seen.path or seen.argv:
                yield seen

    def close(self) -> None:
        """Do nothing: it holds nothing."""


def _missing(_host: Host) -> Message | None:
    return None if os.path.isdir("/proc/self/fd") else Message.of(N_("there is no /proc"))  # noqa: PTH112


def _open(host: Host) -> Sensor:
    return Poll(host)


KIND = SensorKind(
    "proc",
    N_("list of processes"),
    N_("/proc; no root"),
    N_("programs that live longer than a quarter of a second"),
    N_("short programs, files, who started a program that has ended"),
    _missing,
    _open,
)
