"""What the gate's caches do to a disk, in one place: so that a test can fail or stop at every step.

Every step is atomic or leaves something that is recognised as unfinished: a temporary file. A temporary file belongs to
the process that holds its lock; the system lets the lock go when that process dies, however it dies.
"""

import contextlib
import errno
import os
import secrets
import sys
from pathlib import Path

from lazaretto.model.text import N_, Message

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


class CacheError(Exception):
    """A cache on disk cannot do its work. `message` is for the user."""

    def __init__(self, message: Message) -> None:
        """`message` says what happened to which folder."""
        self.message = message
        super().__init__(message.english())


class CacheFull(CacheError):  # noqa: N818 - says what it is
    """The disk is full, or a quota or limit was reached. Nothing was kept."""


def failed(folder: Path, error: OSError) -> CacheError:
    """Make the error for what the system said."""
    params = {"folder": folder, "error": error.strerror or error}
    if error.errno in _FULL:
        return CacheFull(Message.of(N_("there is no room left for the cache {folder}: {error}"), params))
    return CacheError(Message.of(N_("the cache {folder} cannot be used: {error}"), params))


def is_full(error: OSError) -> bool:
    """Tell whether an error says that there is no room."""
    return error.errno in _FULL


class Disk:
    """The real disk."""

    def create(self, folder: Path, suffix: str) -> tuple[int, Path]:
        """Make a temporary file that this process owns; returns its handle and path."""
        while True:
            path = folder / f"{os.getpid()}-{secrets.token_hex(8)}{suffix}"
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            if own(handle) and _linked(handle):
                return handle, path
            os.close(handle)  # somebody who cleans up was faster than our lock

    def write(self, handle: int, data: bytes | memoryview) -> int:
        """Write some of `data`; returns how many bytes."""
        return os.write(handle, data)

    def flush(self, handle: int) -> None:
        """Make a file's content survive a power cut."""
        os.fsync(handle)

    def place(self, source: Path, target: Path) -> bool:
        """Give a file its final name, atomically, unless there is one; False when there is. `source` stays."""
        try:
            target.hardlink_to(source)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            source.replace(target)  # a file system without hard links
        return True

    def rename(self, source: Path, target: Path) -> None:
        """Put a file in its place, atomically."""
        source.replace(target)

    def flush_folder(self, folder: Path) -> None:
        """Make a rename survive a power cut."""
        if sys.platform == "win32":
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def remove(self, path: Path) -> None:
        """Remove a file that may be gone already."""
        try:
            path.unlink(missing_ok=True)
        except PermissionError:
            if sys.platform != "win32":  # there a file that is open stays; a later start removes it
                raise


def share(handle: int) -> bool:
    """Take part in a file's shared lock: while anybody does, it is not evicted."""
    return _lock(handle, exclusive=False)


def own(handle: int) -> bool:
    """Take a file's lock alone; False when anybody else has it, or shares it."""
    return _lock(handle, exclusive=True)


def _lock(handle: int, *, exclusive: bool) -> bool:
    if sys.platform == "win32":  # there an open file cannot be removed, which is what the locks are for
        return True
    import fcntl

    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.ENOLCK, errno.ENOTSUP)  # a file system without locks: as good as it gets
    return True


def _linked(handle: int) -> bool:
    return os.fstat(handle).st_nlink > 0


def sweep(folder: Path) -> int:
    """Remove the temporary files of processes that are dead; returns how many."""
    removed = 0
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            with contextlib.suppress(OSError):
                handle = os.open(entry.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
                try:
                    if own(handle):
                        Path(entry.path).unlink()
                        removed += 1
                finally:
                    os.close(handle)
    return removed
