"""What `/proc` of this side tells of processes inside. All of it is theirs to say, except numbers and times."""

import contextlib
import hashlib
import os
import queue
import re
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

from lazaretto.adapters.sandbox import kernel

_DESCRIPTOR = re.compile(r"/(?:proc/self|dev)/fd/(\d{1,9})")
_MOST_HASHED = 64 << 20
_HASHED_AT_ONCE = 512 << 10
_MOST_DOCUMENT = 64 << 10


def family(thread: int) -> tuple[int, int]:
    """Return the process of a thread and its parent; the thread and 0 when it is gone."""
    pid, parent = thread, 0
    try:
        with open(f"/proc/{thread}/status", "rb") as stream:  # noqa: PTH123 - on the hot path
            text = stream.read(1024)
        at = text.index(b"\nTgid:")
        pid = int(text[at + 6 : text.index(b"\n", at + 6)])
        at = text.index(b"\nPPid:", at)
        parent = int(text[at + 6 : text.index(b"\n", at + 6)])
    except (OSError, ValueError):
        pass  # it is gone
    return pid, parent


def children(pid: int) -> Iterator[int]:
    """Yield the children of a process, of all its threads."""
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - on the hot path
            with contextlib.suppress(OSError):
                text = Path(f"/proc/{pid}/task/{thread}/children").read_bytes()
                yield from map(int, text.split())


def link(path: str) -> str:
    """Return where a link of `/proc` leads, or `?`."""
    try:
        return os.readlink(path)  # noqa: PTH115 - on the hot path
    except OSError:
        return "?"


def inside(thread: int, path: str, *, follow: bool = True) -> int:
    """Open a regular file as the thread sees it, without waiting. Raises OSError for everything else.

    Links, also those of folders on the way, are resolved within its root and never lead out of it.
    `/proc/self/fd/N` is a descriptor of the thread's own.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    own = _DESCRIPTOR.fullmatch(path)
    if own is not None:
        fd = os.open(f"/proc/{thread}/fd/{own[1]}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    else:
        root = os.open(f"/proc/{thread}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fd = kernel.open_in_root(root, path, flags)
        finally:
            os.close(root)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError("no regular file")
    except OSError:
        os.close(fd)
        raise
    return fd


def content(thread: int, path: str, most: int) -> bytes:
    """Read the first bytes of a regular file as the thread sees it, no link at its end. Raises OSError."""
    fd = inside(thread, path, follow=False)
    with open(fd, "rb") as stream:  # noqa: PTH123 - a descriptor
        return stream.read(most)


def document(thread: int, folder: str, names: tuple[str, ...]) -> bytes:
    """Read the first of these files that is there; empty when there is none."""
    for name in names:
        with contextlib.suppress(OSError):
            return content(thread, f"{folder}/{name}", _MOST_DOCUMENT)
    return b""


class Digests:
    """SHA-256 of files that were run: small ones at once, large ones by a thread of its own; each file once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int, int], str] = {}
        self._later: queue.SimpleQueue[tuple[tuple[int, int, int, int], int] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def ask(self, thread: int, path: str) -> tuple[int, int, int, int] | None:
        """Hash the file of a program that is about to run; return the key for `told`, None when it cannot be read."""
        try:
            fd = inside(thread, path)
        except OSError:
            return None
        found = os.fstat(fd)
        key = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        if key in self._known or found.st_size > _MOST_HASHED * 4:
            os.close(fd)
            return key
        if found.st_size > _HASHED_AT_ONCE:
            self._known[key] = ""
            self._later.put((key, fd))
        else:
            self._known[key] = _digest(fd)
        return key

    def finish(self) -> None:
        """Wait for what is still to be hashed."""
        self._later.put(None)
        self._thread.join(20)

    def told(self, key: tuple[int, int, int, int] | None) -> str:
        """Return the digest as hexadecimal; empty when there is none."""
        return self._known.get(key, "") if key is not None else ""

    def _work(self) -> None:
        while (one := self._later.get()) is not None:
            key, fd = one
            self._known[key] = _digest(fd)


def _digest(fd: int) -> str:
    try:
        with open(fd, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
