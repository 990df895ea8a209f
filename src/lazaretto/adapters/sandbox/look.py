"""What one system call tells: which program, which file, which address. One `Look` belongs to one recorder's thread."""

import contextlib
import ipaddress
import os
import posixpath
import struct
from collections.abc import Callable

from lazaretto.adapters.sandbox import places, processes, seccomp
from lazaretto.adapters.sandbox.kernel import Call
from lazaretto.adapters.sandbox.memory import Reader
from lazaretto.adapters.sandbox.notes import Draft, Notes
from lazaretto.adapters.sandbox.written import MOST_ONE, inline
from lazaretto.detect.attribution import Facts, is_manager, named, owner
from lazaretto.detect.loaded import is_code, package_of
from lazaretto.model.behaviour import Action

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_AT_FDCWD, _AT_EMPTY_PATH = -100, 0x1000
_MOST_VALUE, _MOST_ADDED = 256, 64
_MOST_ARGUMENT, _MOST_CODE = 4096, 131072
_FLEETING = ("/proc/self/fd/", "/dev/fd/")
"""Where a program is run from that lies in memory only."""
_FILES = {
    seccomp.UNLINK: (Action.DELETE, None, 0), seccomp.UNLINKAT: (Action.DELETE, 0, 1),
    seccomp.RENAME: (Action.WRITE, None, 1), seccomp.RENAMEAT: (Action.WRITE, 2, 3),
    seccomp.RENAMEAT2: (Action.WRITE, 2, 3), seccomp.LINK: (Action.WRITE, None, 1),
    seccomp.LINKAT: (Action.WRITE, 2, 3), seccomp.SYMLINK: (Action.WRITE, None, 1),
    seccomp.SYMLINKAT: (Action.WRITE, 1, 2), seccomp.TRUNCATE: (Action.WRITE, None, 0),
    seccomp.CHMOD: (Action.WRITE, None, 0), seccomp.FCHMODAT: (Action.WRITE, 0, 1),
    seccomp.MKNOD: (Action.WRITE, None, 0), seccomp.MKNODAT: (Action.WRITE, 0, 1),
}  # fmt: skip
"""Call to its action and the arguments with folder and path of what it changes."""
_SOURCES = {
    seccomp.RENAME: ("rename", None, 0), seccomp.RENAMEAT: ("rename", 0, 1), seccomp.RENAMEAT2: ("rename", 0, 1),
    seccomp.LINK: ("link", None, 0), seccomp.LINKAT: ("link", 0, 1),
}  # fmt: skip
_WORDS = {
    seccomp.CHMOD: "mode", seccomp.FCHMODAT: "mode", seccomp.MKNOD: "node", seccomp.MKNODAT: "node",
    seccomp.TRUNCATE: "truncate",
}  # fmt: skip


class Look:
    """Turns calls into notes."""

    def __init__(self, notes: Notes, watch: Callable[[int], None]) -> None:
        """`watch` is called with each new process, so that `ended` is called when it ends."""
        self.begun = False
        """The command itself has been started; what came before is bubblewrap's."""
        self._notes = notes
        self._watch = watch
        self._execs = 0
        self._program: dict[int, int] = {}
        self._group: dict[int, int] = {}
        self._threads: dict[int, set[int]] = {}
        self._seen: set[tuple[int, Action, str]] = set()
        self._written: set[str] = set()
        self._memory = Reader()
        self._places = places.Places(notes.project, notes.home, notes.decoys)

    def at(self, call: Call) -> None:
        """Write down what a call tells. Raises OSError when the caller's memory cannot be read."""
        number = call.number
        if number in (seccomp.EXECVE, seccomp.EXECVEAT):
            self._execs += 1
            self.begun = self._execs > 1
            if self.begun:
                self._exec(call)
        elif not self.begun:
            return
        elif number == seccomp.OPENAT:
            self._open(call, call.args[0], call.args[1], call.args[2])
        elif number == seccomp.OPEN:
            self._open(call, None, call.args[0], call.args[1])
        elif number == seccomp.OPENAT2:
            (flags,) = struct.unpack("=Q", self._memory.peek(call.thread, call.args[2], 8))
            self._open(call, call.args[0], call.args[1], flags)
        elif number == seccomp.CREAT:
            self._open(call, None, call.args[0], os.O_CREAT)
        elif number in _FILES:
            self._change(call)
        elif number == seccomp.EXIT_GROUP:
            self._exits(call)
        elif number in (seccomp.CONNECT, seccomp.BIND):
            self._address(call, call.args[1], call.args[2])
        elif number == seccomp.SENDTO:
            self._address(call, call.args[4], call.args[5])
        elif number in (seccomp.SENDMSG, seccomp.SENDMMSG):
            raw = self._memory.peek(call.thread, call.args[1], 12)
            pointer, size = struct.unpack("=QI", raw)
            if pointer:
                self._address(call, pointer, size)
        elif number == seccomp.MEMFD_CREATE:
            name = self._memory.text(call.thread, call.args[0], 256)
            self._notes.add(Action.MEMORY_FILE, self.program(call.thread), name)
        else:
            name = seccomp.name(number, call.args)
            if name:
                self._once(call, Action.FORBIDDEN, name)

    def ended(self, pid: int) -> None:
        """Note that a process is gone; its number may be used again."""
        index = self._program.pop(pid, -1)
        for thread in self._threads.pop(pid, ()):
            self._group.pop(thread, None)
        if index >= 0 and self._notes.programs[index].pid == pid:
            self._notes.programs[index].end = self._notes.now()

    def program(self, thread: int) -> int:
        """Return the index of the program that a thread runs; -1 = not known."""
        pid = self._group.get(thread)
        if pid is None:
            pid = self._pid(thread, processes.family(thread)[0])
        index = self._program.get(pid)
        if index is None:  # forked, and no exec since: its parent's program
            index = self._program.get(processes.family(pid)[1], -1)
            self._program[pid] = index
            self._watch(pid)
        return index

    def _pid(self, thread: int, pid: int) -> int:
        self._group[thread] = pid
        self._threads.setdefault(pid, set()).add(thread)
        return pid

    def _exits(self, call: Call) -> None:
        """Remember whose its children are: their parent is the sandbox's first process from now on."""
        mine = self.program(call.thread)
        for child in processes.children(self._group[call.thread]):
            if child not in self._program:
                self._program[child] = mine
                self._watch(child)

    def _exec(self, call: Call) -> None:
        at = 1 if call.number == seccomp.EXECVEAT else 0
        thread, args, notes = call.thread, call.args, self._notes
        path = self._path(call, args[0] if at else None, args[at])
        if at and args[4] & _AT_EMPTY_PATH and not self._memory.text(thread, args[1], 2):
            path = f"/proc/self/fd/{args[0] & 0xFFFFFFFF}"
        argv = self._memory.texts(thread, args[at + 1], 256, _MOST_ARGUMENT)
        told = self._memory.texts(thread, args[at + 2], 512, 4096)
        environment = dict(entry.partition("=")[::2] for entry in told)
        pid, parent_pid = processes.family(thread)
        self._pid(thread, pid)
        if pid not in self._program:
            self._watch(pid)
        before = self._program.get(pid, -1)
        mine = notes.programs[before] if before >= 0 and notes.programs[before].pid == pid else None
        parent = mine.parent if mine is not None else before if before >= 0 else self._program.get(parent_pid, -1)
        above = mine or (notes.programs[parent] if parent >= 0 else None)
        cwd = processes.link(f"/proc/{thread}/cwd")
        made = Draft(pid, parent, path, argv, cwd, notes.now(), environment=environment)
        self._owner(thread, made, above)
        made.digest = notes.digests.ask(thread, path)
        if path.startswith(_FLEETING):
            self._keep(thread, path)
        if above is not None:
            made.added, made.removed = _differences(above.environment, environment)
        if mine is not None and mine.argv == argv and posixpath.basename(mine.path) == posixpath.basename(path):
            if made.digest is not None or mine.digest is None:
                made.added, made.removed = mine.added, mine.removed
                notes.programs[before] = made  # the same, looked for in the next folder of PATH
            return
        if mine is not None:
            mine.end = made.at
        index = self._program[pid] = notes.started_program(made)
        if index >= 0:
            notes.add(Action.EXEC, index, path)
            code = inline(path, self._memory.texts(thread, args[at + 1], 64, _MOST_CODE)) if parent >= 0 else None
            if code is not None and notes.kept.room():
                notes.kept.take(f"/argument/{index}-{code[0]}", os.fsencode(code[1]))

    def _owner(self, thread: int, made: Draft, above: Draft | None) -> None:
        """Find out whose program it is."""
        facts = Facts(made.path, made.argv, made.cwd, made.environment)
        made.manages = is_manager(facts)
        found = owner(facts, above.owner if above is not None else None, of_manager=above is None or above.manages)
        if found is not None and found.how == "build" and "@" not in found.package:
            found = named(found, processes.document(thread, made.cwd, ("PKG-INFO", "pyproject.toml", "setup.cfg")))
        made.owner = found

    def _open(self, call: Call, folder: int | None, address: int, flags: int) -> None:
        name = self._memory.text(call.thread, address)
        if flags & _WRITES:
            self._file(call, Action.WRITE, self._resolved(call, folder, name))
            return
        quiet = self._places.quiet(name)
        if quiet:
            self._notes.counted["read", quiet] += 1
            if is_code(name):
                self._loads(call, name)
            return
        path = self._resolved(call, folder, name)
        if is_code(path):
            self._loads(call, path)
        self._file(call, Action.READ, path)

    def _loads(self, call: Call, path: str) -> None:
        package = package_of(path)
        if package:
            index = self.program(call.thread)
            if index >= 0:
                self._notes.programs[index].near = package

    def _change(self, call: Call) -> None:
        number, args = call.number, call.args
        action, folder, at = _FILES[number]
        path = self._path(call, None if folder is None else args[folder], args[at])
        detail = _WORDS.get(number, "")
        if number in _SOURCES:
            word, folder, at = _SOURCES[number]
            source = self._path(call, None if folder is None else args[folder], args[at])
            detail = f"{word} {source}"
            if word == "rename" and source in self._notes.decoys:
                self._file(call, Action.DELETE, source)
        elif number in (seccomp.SYMLINK, seccomp.SYMLINKAT):
            detail = f"symlink {self._memory.text(call.thread, args[0])}"
        elif number in (seccomp.CHMOD, seccomp.FCHMODAT):
            detail = f"mode {args[at + 1] & 0o7777:o}"
        if action is Action.DELETE and path in self._written:
            self._keep(call.thread, path)
        self._file(call, action, path, detail)

    def _keep(self, thread: int, path: str) -> None:
        """Keep a file that will not be there at the end."""
        kept = self._notes.kept
        if kept.room():
            with contextlib.suppress(OSError):
                kept.take(path, processes.content(thread, path, MOST_ONE))

    def _file(self, call: Call, action: Action, path: str, detail: str = "") -> None:
        """Write down what concerns the person, once for each program; count the rest."""
        process = self.program(call.thread)
        by = self._notes.programs[process] if process >= 0 else None
        folder = self._places.counted(action, path, manages=by is not None and by.manages)
        if folder:
            self._notes.counted[action.value, folder] += 1
            return
        key = (process, action, f"{detail} {path}" if detail else path)
        if key not in self._seen:
            self._seen.add(key)
            if action is Action.WRITE:
                self._written.add(path)
            self._notes.add(action, process, path, detail)

    def _once(self, call: Call, action: Action, target: str) -> None:
        process = self.program(call.thread)
        key = (process, action, target)
        if key in self._seen:
            self._notes.counted[action.value, target] += 1
        else:
            self._seen.add(key)
            self._notes.add(action, process, target)

    def _address(self, call: Call, address: int, size: int) -> None:
        where = told(self._memory.peek(call.thread, address, min(size, 128)))
        if not where or "/nscd/" in where:  # the C library's own question to a cache that is not there
            return
        process = self.program(call.thread)
        host, _, port = where.rpartition(":")
        if port == "53" and call.number != seccomp.BIND:
            self._notes.asked(process)
        if host in ("127.0.0.1", "[::1]") or host.startswith("127."):
            if call.number == seccomp.BIND or port == "53":
                return
            self._once(call, Action.CONNECT, where)
        elif call.number == seccomp.BIND or where.startswith("unix:"):
            self._notes.add(Action.CONNECT, process, where, "bind" if call.number == seccomp.BIND else "connect")
        else:
            word = "connect" if call.number == seccomp.CONNECT else "sendto"
            self._notes.connected(process, where, word)

    def _path(self, call: Call, folder: int | None, address: int) -> str:
        return self._resolved(call, folder, self._memory.text(call.thread, address))

    def _resolved(self, call: Call, folder: int | None, name: str) -> str:
        if not name.startswith("/"):
            number = _AT_FDCWD if folder is None else struct.unpack("=i", struct.pack("=I", folder & 0xFFFFFFFF))[0]
            base = "cwd" if number == _AT_FDCWD else f"fd/{number}"
            name = posixpath.join(processes.link(f"/proc/{call.thread}/{base}"), name)
        return posixpath.normpath(name)


def told(raw: bytes) -> str:
    """Return an address as `host:port`, a Unix socket as `unix:NAME`; empty for others."""
    if len(raw) < 3:
        return ""
    (family,) = struct.unpack("=H", raw[:2])
    if family == 2 and len(raw) >= 8:
        return f"{ipaddress.ip_address(raw[4:8])}:{int.from_bytes(raw[2:4], 'big')}"
    if family == 10 and len(raw) >= 24:
        address, port = ipaddress.IPv6Address(raw[8:24]), int.from_bytes(raw[2:4], "big")
        return f"{address.ipv4_mapped}:{port}" if address.ipv4_mapped is not None else f"[{address}]:{port}"
    if family == 1:
        name = raw[2:].partition(b"\0")[0] or b"@" + raw[3:].rstrip(b"\0")
        return "unix:" + os.fsdecode(name)
    return ""


def _differences(
    above: dict[str, str], environment: dict[str, str]
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    added = [(name, value[:_MOST_VALUE]) for name, value in environment.items() if above.get(name) != value]
    removed = [name for name in above if name not in environment]
    return tuple(added[:_MOST_ADDED]), tuple(removed[:_MOST_ADDED])
