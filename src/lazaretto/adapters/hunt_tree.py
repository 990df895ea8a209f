# ruff: noqa: PTH118
"""This machine's folders and files as `traces.place.Tree`: read, never changed, never followed out of the walk.

Links are not followed, so a walk cannot loop or leave; network and kernel file systems are not entered; pipes, sockets
and devices are not opened; an editor's database is opened as a copy. What cannot be read becomes a gap, once; what is
not there says nothing.
"""

import contextlib
import errno
import gzip
import os
import shutil
import sqlite3
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lazaretto.adapters.files import UnreadableError, read_file
from lazaretto.adapters.hunt_git import history
from lazaretto.adapters.hunt_image import is_image, layers
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.traces.place import DOCUMENT, Layer

BLOCK = 4 << 20
TEXT_BYTES = 4 << 30
"""Bytes of one log, unpacked, that are searched."""
LINE = 1 << 20
DATABASE = 512 << 20
ENTRIES = 1_000_000
"""Entries of one folder."""
_STEPS = 5_000_000
_REMOTE = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "9p", "glusterfs", "lustre", "beegfs", "fuse.sshfs",
    "fuse.rclone", "fuse.s3fs", "fuse.gcsfuse", "fuse.davfs", "davfs", "ncpfs", "fuse.glusterfs", "webdav", "afpfs",
})  # fmt: skip
_KERNEL = frozenset({
    "proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "debugfs", "tracefs", "securityfs", "pstore", "bpf",
    "configfs", "fusectl", "mqueue", "hugetlbfs", "autofs", "binfmt_misc", "efivarfs", "nsfs", "devfs",
})  # fmt: skip
_QUIET = (errno.ENOENT, errno.ENOTDIR)


class DiskTree:
    """The file system. Not shared between processes."""

    def __init__(self, skip: frozenset[str] = frozenset()) -> None:
        """`skip`: folders that are not entered (`mounts`)."""
        self._skip = skip
        self._gaps: dict[Gap, None] = {}

    def gaps(self) -> list[Gap]:
        """Return and forget what could not be read since the last call."""
        found = list(self._gaps)
        self._gaps.clear()
        return found

    def list(self, path: str) -> tuple[Sequence[str], Sequence[str]]:
        """Return names of folders and regular files, sorted."""
        folders: list[str] = []
        files: list[str] = []
        try:
            with os.scandir(path) as scan:
                for entry in scan:
                    if entry.is_dir(follow_symlinks=False):
                        if not self._skip or entry.path not in self._skip:
                            folders.append(entry.name)
                    elif entry.is_file(follow_symlinks=False):
                        files.append(entry.name)
                    if len(folders) + len(files) >= ENTRIES:
                        self._gap(
                            Stage.LIMIT,
                            path,
                            Message.of(N_("only the first {n} entries were looked at"), {"n": ENTRIES}),
                        )
                        break
        except OSError as error:
            self._failed(path, error)
        folders.sort()
        files.sort()
        return folders, files

    def read(self, path: str, limit: int = DOCUMENT) -> Blob | None:
        """Return a regular file."""
        try:
            return Blob(path, read_file(path, limit))
        except UnreadableError as error:
            cause = error.__cause__
            if not (isinstance(cause, OSError) and cause.errno in (*_QUIET, errno.ELOOP)):
                self._gap(error.stage, path, error.message)
        except ValueError:  # a NUL in a name
            return None
        return None

    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield a text in pieces that end with a line."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(path, flags), "rb") as raw:
                if not stat.S_ISREG(os.fstat(raw.fileno()).st_mode):
                    self._gap(Stage.READ, path, Message.of(N_("not a regular file: {kind}"), {"kind": "special"}))
                    return
                packed = raw.read(2) == b"\x1f\x8b"
                raw.seek(0)
                stream = gzip.GzipFile(fileobj=raw) if packed else raw
                rest, total = b"", 0
                while piece := stream.read(BLOCK):
                    total += len(piece)
                    if total > TEXT_BYTES:
                        self._gap(
                            Stage.LIMIT,
                            path,
                            Message.of(N_("only the first {n} bytes were searched"), {"n": TEXT_BYTES}),
                        )
                        break
                    rest += piece
                    cut = rest.rfind(b"\n") + 1
                    if cut or len(rest) > LINE:
                        yield rest[: cut or len(rest)]
                        rest = rest[cut or len(rest) :]
                if rest:
                    yield rest
        except (OSError, EOFError, zlib.error) as error:
            if isinstance(error, OSError) and error.errno:
                self._failed(path, error)
            else:
                self._gap(Stage.UNPACK, path, Message.of(N_("the compressed stream is damaged or cut short")))

    def time(self, path: str) -> float:
        """Return the time of the last change."""
        try:
            return os.lstat(path).st_mtime
        except (OSError, ValueError):
            return 0.0

    def has(self, path: str) -> bool:
        """Tell whether a file or folder, no link, is there."""
        try:
            return not stat.S_ISLNK(os.lstat(path).st_mode)
        except (OSError, ValueError):
            return False

    def rows(self, path: str, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield entries of `ItemTable`, from a copy: the editor may be running and hold a lock."""
        with tempfile.TemporaryDirectory(prefix="lazaretto-") as scratch:
            copy = os.path.join(scratch, "state.db")
            try:
                for end in ("", "-wal"):
                    info = os.lstat(path + end) if not end or os.path.lexists(path + end) else None
                    if info is not None and (not stat.S_ISREG(info.st_mode) or info.st_size > DATABASE):
                        self._gap(Stage.LIMIT, path, Message.of(N_("larger than {limit} bytes"), {"limit": DATABASE}))
                        return
                    if info is not None:
                        shutil.copyfile(path + end, copy + end)
                yield from _query(copy, keys)
            except OSError as error:
                self._failed(path, error)
            except sqlite3.Error as error:
                self._gap(
                    Stage.PARSE,
                    path,
                    Message.of(N_("the database is not readable: {error}"), {"error": str(error)[:100]}),
                )

    def is_image(self, path: str) -> bool:
        """Tell whether a file is a container image."""
        return is_image(path)

    def layers(self, path: str) -> Iterator[Layer]:
        """Yield the layers of a container image."""
        yield from layers(path, self._gap)

    def history(self, path: str, wanted: Callable[[str], bool]) -> Iterator[tuple[float, str, Blob]]:
        """Yield all versions of the wanted files of a repository."""
        yield from history(path, wanted, self._gap)

    def _failed(self, path: str, error: OSError) -> None:
        if error.errno not in _QUIET:
            self._gap(
                Stage.READ, path, Message.of(N_("cannot be read: {error}"), {"error": error.strerror or "unknown"})
            )

    def _gap(self, stage: Stage, path: str, reason: Message, *, partial: bool = False) -> None:
        self._gaps[Gap(stage, path, reason, partial)] = None


def _query(copy: str, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    with contextlib.closing(sqlite3.connect(f"{Path(copy).as_uri()}?mode=rw", uri=True)) as database:
        database.execute("PRAGMA trusted_schema=OFF")
        steps = 0

        def tick() -> int:
            nonlocal steps
            steps += 1
            return steps > _STEPS // 1000

        database.set_progress_handler(tick, 1000)
        marks = ",".join("?" * len(keys))
        for key, value in database.execute(f"SELECT key, value FROM ItemTable WHERE key IN ({marks})", tuple(keys)):  # noqa: S608 - only question marks
            if isinstance(key, str) and isinstance(value, (str, bytes)) and len(value) <= DOCUMENT:
                yield key, value.encode("utf-8", "replace") if isinstance(value, str) else value


def mounts(table: str = "/proc/self/mountinfo") -> tuple[frozenset[str], list[str]]:
    """Return the mount points that no hunt enters, and those of them that hold other machines' files (for a gap)."""
    try:
        lines = Path(table).read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return frozenset(), []
    skip: set[str] = set()
    remote: list[str] = []
    for line in lines[:100_000]:
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")[0]
        if len(fields) < 5:
            continue
        point = fields[4].replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
        if kind in _REMOTE:
            remote.append(point)
            skip.add(point)
        elif kind in _KERNEL:
            skip.add(point)
    return frozenset(skip), sorted(remote)
