"""The gate's artifacts on disk, by content: what was fetched once is served from here.

    FOLDER/blobs/ab/abcd...     an artifact; its name is its SHA-256, and it is never changed
    FOLDER/index.sqlite3        sizes, and other names of artifacts: sha512:..., sha1:..., url:... (only a convenience:
                                when it is lost it is made again, and other names are learned again)
    FOLDER/tmp/                 being written; those of dead processes are removed
    FOLDER/quarantine/          artifacts whose bytes were not those of their name

    with blobs.begin() as writer:               with blobs.open("sha512:...") as blob:
        writer.feed(data) ...                       send(blob.path)
        blob = writer.commit({"sha512": "..."})

An artifact is complete or not there: it is written aside, flushed, and renamed. Its digest is verified when this
process uses it for the first time, and again when its size, time or inode is not what it was. An open `Blob` is never
evicted, by no process. Several processes may share a folder.
"""

import contextlib
import errno
import hashlib
import os
import re
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from lazaretto.adapters.gate_blob_index import BlobIndex
from lazaretto.adapters.gate_disk import CacheError, CacheFull, Disk, failed, is_full, own, share, sweep
from lazaretto.model.text import N_, Message

__all__ = ["Blob", "BlobWriter", "Blobs", "CacheError", "CacheFull", "Digests", "TooLarge", "WrongDigest"]

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_CHUNK = 1 << 20
_TRIES = 5
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_ROOM = 0.9
"""Eviction goes on until this part of the limit is used."""
_QUARANTINED = 20


class WrongDigest(CacheError):  # noqa: N818 - says what it is
    """The bytes are not those that were expected. Nothing was kept."""


class TooLarge(CacheError):  # noqa: N818 - says what it is
    """There are more bytes than were allowed. Nothing was kept."""


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of some bytes, lower-case hex."""

    sha256: str
    sha512: str
    sha1: str
    size: int
    """Bytes."""

    def keys(self) -> tuple[str, ...]:
        """Return them as `algorithm:hex`."""
        return (f"sha256:{self.sha256}", f"sha512:{self.sha512}", f"sha1:{self.sha1}")

    def match(self, key: str) -> bool:
        """Tell whether this key is one of them."""
        return key in self.keys()


@dataclass(frozen=True, slots=True)
class Figures:
    """How full the cache is."""

    blobs: int
    size: int
    """Bytes."""
    limit: int
    quarantined: int
    """By this process, since its start."""
    trouble: str = ""
    """The last failure of the index; empty = none."""


@dataclass(eq=False)
class Blob:
    """An artifact in use: it stays where it is until `close`."""

    path: Path
    digests: Digests
    handle: int
    """Open for reading. Others may open `path` themselves while this is open."""

    @property
    def sha256(self) -> str:
        """Its name."""
        return self.digests.sha256

    @property
    def size(self) -> int:
        """Bytes."""
        return self.digests.size

    def close(self) -> None:
        """Say that it is no longer in use; twice is once."""
        handle, self.handle = self.handle, -1
        if handle >= 0:
            os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


class _Hashes:
    """Three digests in one pass."""

    def __init__(self) -> None:
        self._all = (hashlib.sha256(), hashlib.sha512(), hashlib.sha1(usedforsecurity=False))
        self.size = 0

    def feed(self, data: bytes | memoryview) -> None:
        for one in self._all:
            one.update(data)
        self.size += len(data)

    def digests(self) -> Digests:
        sha256, sha512, sha1 = (one.hexdigest() for one in self._all)
        return Digests(sha256, sha512, sha1, self.size)


class BlobWriter:
    """An artifact that is arriving. Leaving the `with` block without `commit` keeps nothing."""

    def __init__(self, blobs: "Blobs", handle: int, path: Path, limit: int) -> None:
        """`limit`: bytes; 0 = any number."""
        self._blobs = blobs
        self._handle = handle
        self.path = path
        self._limit = limit
        self._hashes = _Hashes()

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._hashes.size

    @property
    def digests(self) -> Digests:
        """Digests of the bytes so far."""
        return self._hashes.digests()

    def feed(self, data: bytes | memoryview) -> None:
        """Take the next bytes.

        Raises:
            TooLarge: there are more than `begin` allowed.
            CacheFull: the disk is full, also after making room.
            CacheError: it cannot be written.
        """
        if self._limit and self.size + len(data) > self._limit:
            self.abort()
            raise TooLarge(Message.of(N_("the file is larger than {limit} bytes"), {"limit": f"{self._limit:,}"}))
        self._blobs._write(self, self._handle, memoryview(data))  # noqa: SLF001 - one thing in two classes
        self._hashes.feed(data)

    def commit(self, expected: Mapping[str, str] | str = "", urls: Iterable[str] = ()) -> Blob:
        """Keep the artifact, as one in use. `expected`: digests that it must have, `{algorithm: hex}` or one key.

        `urls` are remembered as other names of it.

        Raises:
            WrongDigest: it has others.
            CacheFull: the disk is full.
            CacheError: it cannot be kept.
        """
        digests = self.digests
        if isinstance(expected, str):
            expected = dict([expected.split(":", 1)]) if expected else {}
        for name, wanted in expected.items():
            if not digests.match(f"{name}:{wanted.lower()}"):
                self.abort()
                template = N_("the bytes have another {algorithm} digest than the registry says ({expected})")
                raise WrongDigest(Message.of(template, {"algorithm": name, "expected": wanted}))
        handle, self._handle = self._handle, -1
        return self._blobs._keep(handle, self.path, digests, tuple(urls))  # noqa: SLF001 - one thing in two classes

    def abort(self) -> None:
        """Throw away what came; twice is once."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            with contextlib.suppress(OSError):
                self._blobs.disk.remove(self.path)
            os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.abort()


@dataclass
class _Seen:
    """What a file was like when its digest was verified."""

    inode: int
    size: int
    changed: int
    digests: Digests = field(repr=False)


class Blobs:
    """A folder of artifacts. Thread-safe."""

    def __init__(self, folder: Path, limit_bytes: int, disk: Disk | None = None) -> None:
        """Open or make the folder; what dead processes left half-written is removed.

        Raises:
            CacheError: it cannot be used.
        """
        self.folder = folder
        self.limit = limit_bytes
        self.disk = disk or Disk()
        self._lock = threading.RLock()
        self._verified: dict[str, _Seen] = {}
        self._quarantined = 0
        self._blobs, self._tmp, self._bad = (folder / name for name in ("blobs", "tmp", "quarantine"))
        try:
            for part in (self._blobs, self._tmp, self._bad):
                part.mkdir(parents=True, exist_ok=True, mode=0o700)
            sweep(self._tmp)
            self._index = BlobIndex(folder / "index.sqlite3")
            self._align()
        except OSError as error:
            raise failed(folder, error) from error

    def close(self) -> None:
        """Close the index; blobs in use stay in use."""
        self._index.close()

    # reading

    def open(self, key: str) -> Blob | None:
        """Return an artifact by `sha256:HEX`, `sha512:HEX`, `sha1:HEX` or `url:URL`, verified; None = not here.

        Close it when it has been served.

        Raises:
            CacheError: the disk fails.
        """
        sha256 = self._index.find(key)
        if sha256 is None:
            return None
        try:
            return self._open(sha256, key)
        except OSError as error:
            raise failed(self.folder, error) from error

    def _open(self, sha256: str, key: str) -> Blob | None:
        path = self._path(sha256)
        try:
            handle = os.open(path, _READ)
        except FileNotFoundError:
            self._gone(sha256)
            return None
        keep = False
        try:
            shared, state = share(handle), os.fstat(handle)
            if not shared or state.st_nlink == 0:  # being evicted
                return None
            digests = self._verify(sha256, handle, state)
            if digests is None or not (digests.match(key) or key.startswith("url:")):
                return None
            with contextlib.suppress(OSError):  # when it was last used; the time of change stays
                os.utime(path, ns=(time.time_ns(), state.st_mtime_ns))
            keep = True
            return Blob(path, digests, handle)
        finally:
            if not keep:
                os.close(handle)

    def _verify(self, sha256: str, handle: int, state: os.stat_result) -> Digests | None:
        seen = self._verified.get(sha256)
        now = (state.st_ino, state.st_size, state.st_mtime_ns)
        if seen is not None and (seen.inode, seen.size, seen.changed) == now:
            return seen.digests
        hashes = _Hashes()
        while data := os.read(handle, _CHUNK):
            hashes.feed(data)
        os.lseek(handle, 0, os.SEEK_SET)
        digests = hashes.digests()
        if digests.sha256 != sha256 or digests.size != state.st_size:
            self._quarantine(sha256)
            return None
        self._verified[sha256] = _Seen(*now, digests)
        self._index.add(sha256, digests.size, digests.keys()[1:])
        return digests

    def _quarantine(self, sha256: str) -> None:
        self._quarantined += 1
        with contextlib.suppress(OSError):
            target = self._bad / f"{sha256}.{time.time_ns()}"
            self._path(sha256).replace(target)
            target.chmod(0o000)
            for old in sorted(self._bad.iterdir(), key=lambda path: path.name.rpartition(".")[2])[:-_QUARANTINED]:
                old.unlink()
        self._gone(sha256)

    # writing

    def begin(self, limit: int = 0) -> BlobWriter:
        """Begin to write an artifact of at most `limit` bytes (0 = any number).

        Raises:
            CacheFull: the disk is full.
            CacheError: it cannot be written.
        """
        try:
            return BlobWriter(self, *self.disk.create(self._tmp, ".part"), limit)
        except OSError as error:
            raise failed(self.folder, error) from error

    def _write(self, writer: BlobWriter, handle: int, data: memoryview) -> None:
        made_room = False
        while data:
            try:
                data = data[self.disk.write(handle, data) :]
            except OSError as error:
                if is_full(error) and not made_room:
                    made_room = True
                    if self.evict(self.figures().size * 3 // 4):
                        continue
                writer.abort()
                raise failed(self.folder, error) from error

    def _keep(self, handle: int, path: Path, digests: Digests, urls: tuple[str, ...]) -> Blob:
        sha256, target = digests.sha256, self._path(digests.sha256)
        try:
            blob = self._placed(handle, path, digests, target)
            self.disk.remove(path)
            self.disk.flush_folder(target.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                self.disk.remove(path)
            raise failed(self.folder, error) from error
        self._index.add(sha256, digests.size, (*digests.keys()[1:], *(f"url:{url}" for url in urls)))
        if self.figures().size > self.limit:
            self.evict(int(self.limit * _ROOM))
        return blob

    def _placed(self, handle: int, path: Path, digests: Digests, target: Path) -> Blob:
        """Give the file its final name, unless a good one is there: somebody may be serving that one."""
        done = False
        try:
            self.disk.flush(handle)
            target.parent.mkdir(exist_ok=True, mode=0o700)
            if sys.platform != "win32":
                path.chmod(0o400)  # nobody changes it by mistake
            share(handle)
            for _ in range(_TRIES):
                if self.disk.place(path, target):
                    break
                there = self._open(digests.sha256, f"sha256:{digests.sha256}")  # what is bad goes out of the way
                if there is not None:
                    return there
            else:
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
            state = os.fstat(handle)
            self._verified[digests.sha256] = _Seen(state.st_ino, state.st_size, state.st_mtime_ns, digests)
            done = True
            return Blob(target, digests, handle)
        finally:
            if not done:
                os.close(handle)

    def drop(self, key: str) -> bool:
        """Remove an artifact; False when it is not here or in use."""
        sha256 = self._index.find(key)
        return sha256 is not None and self._remove(sha256)

    def evict(self, target: int) -> int:
        """Remove the artifacts that were not used for the longest time, until `target` bytes are left.

        What is in use stays. Returns how many bytes were freed.
        """
        with self._lock:
            files = sorted(self._files())
            self._align()
            total, freed = sum(size for _, size, _ in files), 0
            for _, size, sha256 in files:
                if total - freed <= target:
                    break
                if self._remove(sha256):
                    freed += size
            return freed

    def _remove(self, sha256: str) -> bool:
        path = self._path(sha256)
        try:
            handle = os.open(path, _READ)
        except OSError:
            self._gone(sha256)
            return False
        try:
            if not own(handle):
                return False
            if sys.platform == "win32":
                os.close(handle)
                handle = -1
            self.disk.remove(path)
        except OSError:
            return False
        finally:
            if handle >= 0:
                os.close(handle)
        self._gone(sha256)
        return True

    def figures(self) -> Figures:
        """Return how full the cache is."""
        count, size = self._index.total()
        return Figures(count, size, self.limit, self._quarantined, self._index.trouble)

    def _align(self) -> None:
        """Bring the index in line with the folder: a process may have died between the two."""
        known = self._index.known()  # before the folder is read: what is placed meanwhile must not look lost
        files = {sha256: size for _, size, sha256 in self._files()}
        for sha256 in known - files.keys():
            self._gone(sha256)
        self._index.adopt({sha256: size for sha256, size in files.items() if sha256 not in known})

    def _gone(self, sha256: str) -> None:
        if not self._path(sha256).exists():
            self._verified.pop(sha256, None)
            self._index.forget(sha256)

    def _path(self, sha256: str) -> Path:
        return self._blobs / sha256[:2] / sha256

    def _files(self) -> Iterator[tuple[int, int, str]]:
        """Yield (last use, bytes, name) of all artifacts."""
        for folder in os.scandir(self._blobs):
            if len(folder.name) == 2:
                with contextlib.suppress(OSError):
                    for entry in os.scandir(folder.path):
                        state = entry.stat()
                        if _SHA256.match(entry.name):
                            yield state.st_atime_ns, state.st_size, entry.name
