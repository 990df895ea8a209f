"""Answers the recorded system calls, and writes down what they tell.

It only records: what a call's arguments point to may change before the kernel reads it again, so nothing is decided
by them. What is refused is refused by the call's number. Calls before the command's own start belong to bubblewrap.
"""

import contextlib
import errno
import ipaddress
import os
import posixpath
import struct
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from lazaretto.adapters.sandbox import seccomp
from lazaretto.adapters.sandbox.kernel import Call, Listener, peek, text, texts
from lazaretto.model.behaviour import Action, Event, Program

MOST_EVENTS = 200_000
_MOST_PROGRAMS = 20_000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_AT_FDCWD = -100
_QUIET = ("/usr/", "/lib/", "/lib64/", "/bin/", "/proc/", "/sys/", "/dev/", "/etc/", "/tmp/")  # noqa: S108 - paths inside
"""Folders whose files are not told when they are read: there is nothing of the person in them."""
_SCRATCH = ("/proc/", "/dev/", "/tmp/")  # noqa: S108 - paths inside
"""Folders in which changes are not told: they end with the run."""
_PLACES = {
    seccomp.UNLINK: (Action.DELETE, None, 0), seccomp.UNLINKAT: (Action.DELETE, 0, 1),
    seccomp.RENAME: (Action.WRITE, None, 1), seccomp.RENAMEAT: (Action.WRITE, 2, 3),
    seccomp.RENAMEAT2: (Action.WRITE, 2, 3), seccomp.LINK: (Action.WRITE, None, 1),
    seccomp.LINKAT: (Action.WRITE, 2, 3), seccomp.SYMLINK: (Action.WRITE, None, 1),
    seccomp.SYMLINKAT: (Action.WRITE, 1, 2),
}  # fmt: skip
"""Call to its action and the arguments with folder and path of what it changes."""


@dataclass(slots=True)
class Notes:
    """What was written down until now; the network adds to it, too."""

    decoys: frozenset[str]
    """Paths inside."""
    project: str
    home: str
    started: float = field(default_factory=time.monotonic)
    programs: list[Program] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    lost: int = 0
    """Events beyond the bound."""
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, action: Action, process: int, target: str, detail: str = "", *, sensor: str = "calls") -> None:
        """Write down an event that happens now."""
        with self.lock:
            if len(self.events) >= MOST_EVENTS:
                self.lost += 1
                return
            package = self.programs[process].package if process >= 0 else ""
            at = time.monotonic() - self.started
            self.events.append(Event(at, sensor, action, process, target, detail, package))


class Recorder(threading.Thread):
    """Serves one listener until the last process is gone."""

    def __init__(self, listener: Listener, notes: Notes) -> None:
        super().__init__(daemon=True)
        self._listener = listener
        self._notes = notes
        self._execs = 0
        self._of_process: dict[int, int] = {}
        self._group: dict[int, int] = {}
        self._seen: set[tuple[int, Action, str]] = set()
        self.failure = ""
        """Why it ended early, or empty."""

    def close(self) -> None:
        """Close the listener, after the thread has ended."""
        self._listener.close()

    def run(self) -> None:
        """Answer calls until there is nobody left."""
        while self._listener.wait():
            try:
                call = self._listener.receive()
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.EINTR):
                    continue
                if error.errno not in (errno.EBADF, errno.ENODEV):
                    self.failure = os.strerror(error.errno or 0)
                return
            self._notes.calls += 1
            refused = call.number in seccomp.FORBIDDEN and self._execs > 1
            with contextlib.suppress(OSError):  # its memory is gone with it, or never was there
                self._look(call)
            try:
                if refused:
                    self._listener.refuse(call, errno.EPERM)
                else:
                    self._listener.allow(call)
            except OSError as error:
                if error.errno != errno.ENOENT:
                    self.failure = os.strerror(error.errno or 0)
                    return

    def _look(self, call: Call) -> None:
        number, args = call.number, call.args
        if number in (seccomp.EXECVE, seccomp.EXECVEAT):
            self._execs += 1
            if self._execs > 1:
                self._exec(call)
        elif self._execs < 2:
            return
        elif number in (seccomp.OPENAT, seccomp.OPEN, seccomp.CREAT, seccomp.OPENAT2):
            self._open(call)
        elif number in (seccomp.CONNECT, seccomp.BIND):
            self._address(call, args[1], args[2])
        elif number == seccomp.SENDTO:
            self._address(call, args[4], args[5])
        elif number in _PLACES:
            action, folder, path = _PLACES[number]
            self._file(call, action, self._path(call, None if folder is None else args[folder], args[path]))
        elif number == seccomp.MEMFD_CREATE:
            self._notes.add(Action.MEMORY_FILE, self._program(call.thread), text(call.thread, args[0], 256))
        else:
            self._notes.add(Action.FORBIDDEN, self._program(call.thread), seccomp.FORBIDDEN[number])

    def _exec(self, call: Call) -> None:
        at = 1 if call.number == seccomp.EXECVEAT else 0
        path = self._path(call, call.args[0] if at else None, call.args[at])
        argv = texts(call.thread, call.args[at + 1])
        pid, parent_pid = _family(call.thread)
        self._group[call.thread] = pid
        before = self._of_process.get(pid)
        parent = self._notes.programs[before].parent if before is not None else self._of_process.get(parent_pid, -1)
        above = self._notes.programs[before] if before is not None else None
        if above is None and parent >= 0:
            above = self._notes.programs[parent]
        package, script = (above.package, above.script) if above is not None else ("", "")
        if not package:
            package, script = _lifecycle(texts(call.thread, call.args[at + 2], 400, 300))
        cwd = _link(f"/proc/{call.thread}/cwd")
        with self._notes.lock:
            if len(self._notes.programs) >= _MOST_PROGRAMS:
                self._notes.lost += 1
                return
            now = time.monotonic() - self._notes.started
            made = Program(pid, parent, path, argv, cwd, now, package, script)
            if before is not None and above is not None and above.pid == pid and above.argv == argv:
                self._notes.programs[before] = made  # the same, looked for in the next folder of PATH
                return
            self._notes.programs.append(made)
            index = self._of_process[pid] = len(self._notes.programs) - 1
        self._notes.add(Action.EXEC, index, path)

    def _open(self, call: Call) -> None:
        number, args = call.number, call.args
        if number == seccomp.OPENAT2:
            (flags,) = struct.unpack("=Q", peek(call.thread, args[2], 8))
        else:
            flags = os.O_CREAT if number == seccomp.CREAT else args[2] if number == seccomp.OPENAT else args[1]
        folder = args[0] if number in (seccomp.OPENAT, seccomp.OPENAT2) else None
        name = text(call.thread, args[0] if folder is None else args[1])
        if not flags & _WRITES and name.startswith(_QUIET) and "/.." not in name:
            return
        action = Action.WRITE if flags & _WRITES else Action.READ
        self._file(call, action, self._resolved(call, folder, name))

    def _file(self, call: Call, action: Action, path: str) -> None:
        """Write down what concerns the person: decoys, the home, and every change outside scratch folders."""
        notes = self._notes
        if path not in notes.decoys:
            if action is Action.READ:
                return
            if path.startswith(_SCRATCH) or "/node_modules/" in path:
                return
        process = self._program(call.thread)
        key = (process, action, path)
        if key not in self._seen:
            self._seen.add(key)
            notes.add(action, process, path)

    def _address(self, call: Call, address: int, size: int) -> None:
        raw = peek(call.thread, address, min(size, 128))
        where = _told(raw)
        if where and "/nscd/" not in where:  # the C library's own question to a cache that is not there
            action = Action.CONNECT
            word = {seccomp.BIND: "bind", seccomp.SENDTO: "sendto"}.get(call.number, "connect")
            self._notes.add(action, self._program(call.thread), where, word)

    def _program(self, thread: int) -> int:
        pid = self._group.get(thread)
        if pid is None:
            pid = _family(thread)[0]
            self._group[thread] = pid
        index = self._of_process.get(pid)
        if index is None:  # forked, and no exec since: its parent's program
            index = self._of_process.get(_family(pid)[1], -1)
            self._of_process[pid] = index
        return index

    def _path(self, call: Call, folder: int | None, address: int) -> str:
        return self._resolved(call, folder, text(call.thread, address))

    def _resolved(self, call: Call, folder: int | None, name: str) -> str:
        if not name.startswith("/"):
            number = _AT_FDCWD if folder is None else struct.unpack("=i", struct.pack("=I", folder & 0xFFFFFFFF))[0]
            base = "cwd" if number == _AT_FDCWD else f"fd/{number}"
            name = posixpath.join(_link(f"/proc/{call.thread}/{base}"), name)
        return posixpath.normpath(name)


def _family(thread: int) -> tuple[int, int]:
    """Return the process of a thread and its parent; the thread and 0 when it is gone."""
    pid, parent = thread, 0
    try:
        for line in Path(f"/proc/{thread}/status").read_text(errors="replace").splitlines():
            word, _, value = line.partition(":")
            if word == "Tgid":
                pid = int(value)
            elif word == "PPid":
                return pid, int(value)
    except OSError:
        pass  # it is gone
    return pid, parent


def _link(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:
        return "?"


def _lifecycle(environment: tuple[str, ...]) -> tuple[str, str]:
    """Return package and script of which npm's environment tells (npm, pnpm, yarn and bun set the same names)."""
    values = dict(entry.partition("=")[::2] for entry in environment)
    script, name = values.get("npm_lifecycle_event", ""), values.get("npm_package_name", "")
    if not script or not name:
        return "", ""
    return f"npm:{name}@{values.get('npm_package_version', '')}".rstrip("@"), script


def _told(raw: bytes) -> str:
    """Return an address as `host:port`, a Unix socket as `unix:NAME`; empty for the loopback's and unknown ones."""
    if len(raw) < 3:
        return ""
    (family,) = struct.unpack("=H", raw[:2])
    if family == 2 and len(raw) >= 8:
        host, port = ipaddress.ip_address(raw[4:8]), int.from_bytes(raw[2:4], "big")
        return "" if host.is_loopback else f"{host}:{port}"
    if family == 10 and len(raw) >= 24:
        host, port = ipaddress.ip_address(raw[8:24]), int.from_bytes(raw[2:4], "big")
        return "" if host.is_loopback else f"[{host}]:{port}"
    if family == 1:
        name = raw[2:].partition(b"\0")[0] or b"@" + raw[3:].rstrip(b"\0")
        return "unix:" + os.fsdecode(name)
    return ""
