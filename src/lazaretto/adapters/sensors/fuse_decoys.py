"""Bait behind a small file system of our own (FUSE): it tells who opens it, at once, also without root.

Folders that `watch bait` made are covered by a mount that shows the same files; what is below it is there again when
the watcher ends. Requests carry the process that asks, and it waits for our answer. `fusermount3` does the mounting.
Protocol: include/uapi/linux/fuse.h, version 7.31. A thread of its own answers: the watcher never waits for itself.
"""

import errno
import math
import os
import queue
import select
import shutil
import socket
import stat
import struct
import subprocess
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from lazaretto.adapters.sensors.procfs import start_of
from lazaretto.adapters.sensors.sensor import Host, Sensor, SensorError, SensorKind
from lazaretto.model.host import Kind, Lost, Observed
from lazaretto.model.text import N_, Message

_IN = struct.Struct("=IIQQIIIHH")
_OUT = struct.Struct("=IiQ")
_LOOKUP, _FORGET, _GETATTR, _OPEN, _READ, _STATFS, _RELEASE, _FLUSH = 1, 2, 3, 14, 15, 17, 18, 25
_INIT, _OPENDIR, _READDIR, _RELEASEDIR, _ACCESS, _INTERRUPT, _DESTROY, _FORGETS = 26, 27, 28, 29, 34, 36, 38, 42
_SILENT = frozenset({_FORGET, _FORGETS, _INTERRUPT, _DESTROY})
_EMPTY = frozenset({_RELEASE, _FLUSH, _RELEASEDIR, _ACCESS})
_DIRECT = 1
_SECONDS = 10
_LARGEST = 1 << 16


class Node:
    """A file or a folder of the mount."""

    def __init__(self, number: int, path: str, content: bytes | None) -> None:
        """`content` None = a folder."""
        self.number = number
        self.path = path
        self.content = content
        self.children: dict[bytes, Node] = {}


class FuseDecoys:
    """Serves bait."""

    id = "fuse-decoys"

    def __init__(self, host: Host) -> None:
        """Mount.

        Raises:
            OSError: a mount is refused.
        """
        self._host = host
        self._nodes: dict[tuple[int, int], Node] = {}
        self._mounts: dict[int, str] = {}
        self._queue: queue.SimpleQueue[Observed] = queue.SimpleQueue()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.poll()
        try:
            for folder in _covered(host):
                self._mount(folder)
        except OSError:
            self.close()
            raise
        host.served.update(self._mounts.values())
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        """Return what wakes the loop."""
        return self._wake

    def due(self) -> float:
        """Return infinity: the descriptor tells."""
        return math.inf

    def read(self) -> Iterable[Observed | Lost]:
        """Return bait that was opened."""
        try:
            os.read(self._wake, 8)
        except BlockingIOError:
            pass
        except OSError as error:
            raise SensorError(N_("the bait's file system ended: {error}"), error=error.strerror) from error
        while not self._queue.empty():
            yield self._queue.get()

    def close(self) -> None:
        """Unmount: the ordinary files are there again."""
        for handle, folder in list(self._mounts.items()):
            subprocess.run(["fusermount3", "-u", "-z", "--", folder], capture_output=True, check=False)  # noqa: S603, S607
            self._poll.unregister(handle)
            os.close(handle)
        self._mounts.clear()
        os.close(self._wake)

    def _mount(self, folder: str) -> None:
        tree = _read(folder)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            done = subprocess.run(  # noqa: S603 - a program of the system; the folder is ours
                ["fusermount3", "-o", "ro,nosuid,nodev,noexec,fsname=lazaretto", "--", folder],  # noqa: S607
                env={**os.environ, "_FUSE_COMMFD": str(theirs.fileno())},
                pass_fds=(theirs.fileno(),),
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
            if done.returncode:
                raise OSError(errno.EPERM, done.stderr.decode(errors="replace").strip()[:200])
            _, handles, _, _ = socket.recv_fds(ours, 16, 1)
        handle = handles[0]
        os.set_blocking(handle, False)
        self._mounts[handle] = folder
        self._nodes.update({(handle, node.number): node for node in tree})
        self._poll.register(handle, select.POLLIN)

    def _serve(self) -> None:
        while self._mounts:
            for handle, _ in self._poll.poll(500):
                try:
                    request = os.read(handle, _LARGEST + 4096)
                    answer = self._reply_to(handle, request)
                    if answer is not None:
                        os.write(handle, answer)
                except BlockingIOError:
                    continue
                except OSError as error:
                    if error.errno in (errno.ENODEV, errno.EBADF):  # unmounted
                        return

    def _reply_to(self, handle: int, request: bytes) -> bytes | None:
        try:
            return self._answer(handle, request)
        except struct.error:  # cut
            return _reply(struct.unpack_from("=Q", request, 8)[0], error=errno.EIO)

    def _answer(self, handle: int, request: bytes) -> bytes | None:
        _, code, unique, number, _, _, pid, _, _ = _IN.unpack_from(request)
        body = request[_IN.size :]
        node = self._nodes.get((handle, number))
        if code in _SILENT:
            return None
        if code == _INIT:
            return _reply(unique, struct.pack("=IIIIHHIIHHI28x", 7, 31, 0, 0, 12, 9, 4096, 1, 1, 0, 0))
        if node is None:
            return _reply(unique, error=errno.ENOENT)
        if code == _LOOKUP:
            child = node.children.get(body.rstrip(b"\0"))
            if child is None:
                return _reply(unique, error=errno.ENOENT)
            return _reply(unique, struct.pack("=QQQQII", child.number, 0, 1, 1, 0, 0) + _attributes(child))
        if code == _GETATTR:
            return _reply(unique, struct.pack("=QII", 1, 0, 0) + _attributes(node))
        if code in (_OPEN, _OPENDIR):
            if code == _OPEN and pid not in (0, os.getpid()):
                self._tell(pid, node.path)
            return _reply(unique, struct.pack("=QII", 0, _DIRECT if code == _OPEN else 0, 0))
        if code == _READ and node.content is not None:
            _, offset, size = struct.unpack_from("=QQI", body)
            return _reply(unique, node.content[offset : offset + min(size, _LARGEST)])
        if code == _READDIR:
            return _reply(unique, _entries(node, body))
        if code == _STATFS:
            return _reply(unique, struct.pack("=QQQQQIIII24x", 0, 0, 0, 0, 0, 4096, 255, 4096, 0))
        return _reply(unique) if code in _EMPTY else _reply(unique, error=errno.ENOSYS)

    def _tell(self, pid: int, path: str) -> None:
        """The one who asks waits for our answer, so it can be looked at."""
        group = _group_of(pid)
        seen = Observed(self._host.now(), self.id, Kind.DECOY, group, started=start_of(group)[1], path=path)
        self._queue.put(seen)
        os.eventfd_write(self._wake, 1)


def tidy(folders: Iterable[str]) -> None:
    """Take away mounts that a watcher left behind which was killed."""
    for folder in folders:
        try:
            os.stat(folder)  # noqa: PTH116 - its error is wanted
        except OSError as error:
            if error.errno == errno.ENOTCONN and shutil.which("fusermount3"):
                subprocess.run(["fusermount3", "-u", "-z", "--", folder], capture_output=True, check=False)  # noqa: S603, S607


def _covered(host: Host) -> list[str]:
    """Return the folders that were made for bait, the outermost ones, that hold bait."""
    folders = sorted(host.bait_folders, key=len)
    outer: list[str] = []
    for folder in folders:
        if not any(folder.startswith(f"{one}/") for one in outer) and Path(folder).is_dir():
            outer.append(folder)
    return [one for one in outer if any(path.startswith(f"{one}/") for path in host.decoys)]


def _read(folder: str) -> list[Node]:
    root = Node(1, folder, None)
    nodes, stack = [root], [root]
    while stack and len(nodes) < 1000:
        node = stack.pop()
        for entry in sorted(os.scandir(node.path), key=lambda one: one.name):
            if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                continue
            content = None if entry.is_dir() else Path(entry.path).read_bytes()[: 1 << 20]
            child = Node(len(nodes) + 1, entry.path, content)
            node.children[os.fsencode(entry.name)] = child
            nodes.append(child)
            if content is None:
                stack.append(child)
    return nodes


def _attributes(node: Node) -> bytes:
    size = 0 if node.content is None else len(node.content)
    mode = stat.S_IFDIR | 0o700 if node.content is None else stat.S_IFREG | 0o600
    at = int(time.time()) - 86_400 * (30 + node.number)
    times = (at, at, at, 0, 0, 0)
    return struct.pack(
        "=QQQQQQIIIIIIIIII", node.number, size, -(-size // 512), *times, mode, 1, os.getuid(), os.getgid(), 0, 4096, 0
    )


def _entries(node: Node, body: bytes) -> bytes:
    _, offset, size = struct.unpack_from("=QQI", body)
    made = b""
    rows = [(b".", node), (b"..", node), *node.children.items()]
    for place, (name, child) in enumerate(rows[offset:], offset + 1):
        kind = 4 if child.content is None else 8
        entry = struct.pack("=QQII", child.number, place, len(name), kind) + name
        entry += bytes(-len(entry) % 8)
        if len(made) + len(entry) > size:
            break
        made += entry
    return made


def _reply(unique: int, body: bytes = b"", error: int = 0) -> bytes:
    return _OUT.pack(_OUT.size + len(body), -error, unique) + body


def _group_of(thread: int) -> int:
    """Return the process of a thread."""
    try:
        for line in Path(f"/proc/{thread}/status").read_text(errors="replace").splitlines()[:8]:
            if line.startswith("Tgid:"):
                return int(line[5:])
    except (OSError, ValueError):
        pass  # it is gone
    return thread


def _missing(host: Host) -> Message | None:
    if shutil.which("fusermount3") is None:
        return Message.of(N_("fusermount3 is not installed"))
    return None if _covered(host) else Message.of(N_("there is no bait; lay it out with lazaretto watch bait"))


def _open(host: Host) -> Sensor:
    try:
        return FuseDecoys(host)
    except (OSError, subprocess.SubprocessError) as error:
        raise SensorError(
            N_("the mount is refused: {error}"), error=getattr(error, "strerror", None) or error
        ) from error


KIND = SensorKind(
    "fuse-decoys",
    N_("bait behind a file system of its own (FUSE)"),
    N_("fusermount3 and bait that was laid out; no root"),
    N_("that bait was opened, and by whom"),
    N_("bait in folders that were there before"),
    _missing,
    _open,
)
