"""What the kernel tells a program of ours in it (eBPF, CO-RE): programs, files, connections, tracing. Root.

The object is built beforehand (`bpf/watch.bpf.c`, `tools/build_bpf.sh`) and adapts itself to the running kernel by its
BTF. Only programs under a developer tool are told of, and of files only those that may matter; bait is told of for
everybody. What the ring buffer could not take is counted in the kernel, by kind.
"""

import ipaddress
import os
import platform
import posixpath
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from lazaretto.adapters.sensors.libbpf import BpfError, Object, Ring
from lazaretto.adapters.sensors.procfs import look
from lazaretto.adapters.sensors.sensor import Host, Sensor, SensorError, SensorKind
from lazaretto.model.host import Kind, Lost, Observed
from lazaretto.model.text import N_, Message

_OBJECT = Path(__file__).with_name("bpf") / "watch.x86_64.bpf.o"
_RING = 16 << 20
_PATH = 256
_TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
_HEAD = struct.Struct("=QQIIIIII")
_FORK, _EXEC, _EXIT, _READ, _WRITE, _DELETE, _CONNECT, _BIND, _TRACE, _MEMFD, _DECOY = range(1, 12)
_KINDS = {_READ: Kind.READ, _WRITE: Kind.WRITE, _DELETE: Kind.DELETE, _DECOY: Kind.DECOY, _MEMFD: Kind.MEMORY_FILE}
_NAMES = dict(
    enumerate(
        ("fork", "exec", "exit", "read", "write", "delete", "connect", "listen", "trace", "memory-file", "decoy"), 1
    )
)
_TOOLS = (
    *("node", "nodejs", "npm", "npx", "pnpm", "pnpx", "yarn", "yarnpkg", "bun", "bunx", "deno", "corepack", "tsx"),
    *(
        "pip",
        "pip3",
        "pipx",
        "uv",
        "uvx",
        "poetry",
        "pdm",
        "pipenv",
        "hatch",
        "python",
        "python3",
        "pypy3",
        "git",
        "go",
    ),
    *(f"python3.{minor}" for minor in range(6, 18)),
    *(
        "terraform",
        "tofu",
        "cargo",
        "code",
        "code-insiders",
        "codium",
        "cursor",
        "windsurf",
        "idea",
        "pycharm",
        "webstorm",
    ),
    *("goland", "electron", "claude", "codex", "gemini", "aider", "goose", "opencode", "java", "zed"),
)
_QUIET = (
    *(b"npm/_", b"cache", b"bin/", b"pnpm/", b"yarn/", b"nvm/v", b"cargo", b"rustu", b"git/o", b"git/i", b"git/r"),
    b"local",
)
"""Beginnings (five bytes) of hidden folders in which tools keep what they fetched."""
_CALLS = {"p": "ptrace", "r": "process_vm_readv", "w": "process_vm_writev"}
_KNOWN = 20_000


class Kernel:
    """Reads what the programs in the kernel send."""

    id = "ebpf"

    def __init__(self, host: Host) -> None:
        """Load and attach.

        Raises:
            BpfError: it cannot be loaded.
        """
        self._host = host
        self._object = Object(_OBJECT)
        try:
            one = b"\x01"
            self._object.put("tools", {name.encode()[:15].ljust(16, b"\0"): one for name in _TOOLS})
            self._object.put("quiet", {word[:5].ljust(8, b"\0"): one for word in _QUIET if len(word) >= 5})
            self._object.put("decoys", {os.fsencode(path)[:255].ljust(_PATH, b"\0"): one for path in host.decoys})
            self._object.put("tracked", {struct.pack("=I", pid): one for pid in _running_tools()})
            self._ring = Ring(self._object.map("events"), _RING)
            self._object.attach()
        except (BpfError, ValueError, OSError):
            self._object.close()
            raise
        self._cpus = _possible_cpus()
        self._lost = dict.fromkeys(_NAMES, 0)
        self._next = time.monotonic() + 1.0
        self._folders: dict[tuple[int, int], str] = {}
        self._told: set[tuple[int, int, bytes]] = set()

    def fileno(self) -> int:
        """Return the ring buffer."""
        return self._ring.handle

    def due(self) -> float:
        """Return when to ask for what was lost."""
        return self._next

    def read(self) -> Iterable[Observed | Lost]:
        """Return what the kernel told."""
        for _ in range(8):
            count = 0
            for record in self._ring.read():
                count += 1
                seen = self._observed(record)
                if seen is not None:
                    yield seen
            if not count:
                break
        now = time.monotonic()
        if now >= self._next:
            self._next = now + 1.0
            yield from self._losses()
            if len(self._told) > _KNOWN:
                self._told.clear()
            if len(self._folders) > _KNOWN:
                self._folders.clear()

    def _losses(self) -> Iterator[Lost]:
        for number, name in _NAMES.items():
            count = self._object.per_cpu("lost", number, self._cpus)
            if count > self._lost[number]:
                yield Lost(f"{self.id} ({name})", count - self._lost[number], "queue")
                self._lost[number] = count

    def _observed(self, record: bytes) -> Observed | None:
        stamp, start, kind, pid, parent, uid, aux, size = _HEAD.unpack_from(record)
        data = record[_HEAD.size : _HEAD.size + size]
        if kind in (_READ, _WRITE):
            key = (pid, start, data)  # the same file is opened again and again
            if key in self._told:
                return None
            self._told.add(key)
        at = stamp / 1e9 + self._host.offset
        started = start // _TICK
        if kind in _KINDS:
            path = os.fsdecode(data.partition(b"\0")[0])
            if kind != _MEMFD and not path.startswith("/"):
                path = self._whole(pid, start, aux, path)
                if not path:
                    return None
            return Observed(at, self.id, _KINDS[kind], pid, started=started, uid=uid, path=path)
        if kind == _FORK:
            return Observed(at, self.id, Kind.FORK, pid, parent, started, uid)
        if kind == _EXEC:
            return self._exec(at, pid, parent, started, uid, data)
        if kind == _EXIT:
            return Observed(at, self.id, Kind.EXIT, pid, started=started, code=aux)
        if kind == _TRACE:
            call = _CALLS.get(chr(data[0]) if data else "", "")
            return Observed(at, self.id, Kind.TRACE, pid, started=started, path=f"pid:{aux}", detail=call)
        where = _address(data)
        if not where or (kind == _BIND and where.endswith(":0")):
            return None
        return Observed(
            at, self.id, Kind.LISTEN if kind == _BIND else Kind.CONNECT, pid, started=started, uid=uid, path=where
        )

    def _exec(self, at: float, pid: int, parent: int, started: int, uid: int, data: bytes) -> Observed:
        path = os.fsdecode(data[:_PATH].partition(b"\0")[0])
        words = data[_PATH:].split(b"\0")
        argv = tuple(os.fsdecode(word) for word in (words[:-1] if words and not words[-1] else words))
        seen = look(pid, self.id, at, parent)
        if seen.started not in (0, started):
            seen = Observed(at, self.id, Kind.EXEC, pid, parent)  # the number is another's by now
        self._folders.pop((pid, started), None)
        return replace(
            seen,
            path=seen.path or path,
            argv=seen.argv if len(seen.argv) >= len(argv) and seen.argv[:1] == argv[:1] else argv,
            started=started,
            uid=uid,
            parent=parent,
        )

    def _whole(self, pid: int, start: int, folder: int, name: str) -> str:
        """Complete a relative path by the process's own folder, while there is one."""
        number = struct.unpack("=i", struct.pack("=I", folder))[0]
        if number != -100:
            base = _link(f"/proc/{pid}/fd/{number}")
        else:
            base = self._folders.get((pid, start), "")
            if not base:
                base = self._folders[pid, start] = _link(f"/proc/{pid}/cwd")
        return posixpath.normpath(posixpath.join(base, name)) if base else ""

    def close(self) -> None:
        """Detach and unload."""
        self._ring.close()
        self._object.close()


def _running_tools() -> Iterator[int]:
    """Yield processes that are tools already, and everything below them."""
    names = set(_TOOLS)
    parents: dict[int, int] = {}
    found: set[int] = set()
    for name in os.listdir("/proc"):  # noqa: PTH208 - hot
        if name.isdigit():
            try:
                raw = Path(f"/proc/{name}/stat").read_bytes()
            except OSError:
                continue
            parents[int(name)] = int(raw[raw.rfind(b")") + 2 :].split()[1])
            if os.fsdecode(raw[raw.find(b"(") + 1 : raw.rfind(b")")]) in names:
                found.add(int(name))
    for pid in parents:
        above, steps = pid, 0
        while above and steps < 64:
            if above in found:
                yield pid
                break
            above, steps = parents.get(above, 0), steps + 1


def _address(data: bytes) -> str:
    if len(data) < 16:
        return ""
    (family,) = struct.unpack_from("=H", data)
    port = int.from_bytes(data[2:4], "big")
    if family == 2:
        return f"{ipaddress.IPv4Address(data[4:8])}:{port}"
    if family == 10 and len(data) >= 24:
        address = ipaddress.IPv6Address(data[8:24])
        return f"{address.ipv4_mapped}:{port}" if address.ipv4_mapped else f"[{address}]:{port}"
    return ""


def _link(path: str) -> str:
    try:
        return os.readlink(path)  # noqa: PTH115 - hot
    except OSError:
        return ""


def _possible_cpus() -> int:
    try:
        return int(Path("/sys/devices/system/cpu/possible").read_text().strip().rpartition("-")[2]) + 1
    except (OSError, ValueError):
        return os.cpu_count() or 1


def _missing(host: Host) -> Message | None:
    if not host.root:
        return Message.of(N_("it needs root"))
    if platform.machine() != "x86_64":
        return Message.of(N_("its object is built for {machine} only"), {"machine": "x86_64"})
    if not Path("/sys/kernel/btf/vmlinux").exists():
        return Message.of(N_("this kernel does not describe itself (no BTF)"))
    return None


def _open(host: Host) -> Sensor:
    try:
        return Kernel(host)
    except (BpfError, OSError) as error:
        raise SensorError(N_("the kernel refuses it: {error}"), error=error.strerror or error) from error


KIND = SensorKind(
    "ebpf",
    N_("a program in the kernel (eBPF)"),
    N_("root, libbpf 1, a kernel with BTF (5.8 or newer)"),
    N_("every program with its command line; secrets, bait and starts that tools open; connections; tracing"),
    N_("calls of 32-bit programs, io_uring; names of hosts"),
    _missing,
    _open,
    instead_of=("process-connector", "proc", "sock-diag", "inotify-decoys", "fuse-decoys"),
)
