"""Upstream's metadata documents on disk: for conditional requests, and for the offline mode.

    FOLDER/documents/ab/abcd...     one file for one address (its name is the address' SHA-256):
        one line of JSON            what is known of the document, with the body's length and digest
        the body                    as it came, decoded

A file is replaced atomically. It is not flushed: what a power cut damaged does not agree with its digest and is
dropped, which costs one request. When the document was last known to be fresh is the file's time of change, so that an
answer "304 Not Modified" writes nothing but that.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from lazaretto.adapters.gate_disk import Disk, failed, is_full, sweep

_ROOM = 0.9
_HEAD_LIMIT = 64 << 10
_LOOK_EVERY = 64 << 20
"""Bytes that are written before the folder is measured again."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of an upstream."""

    url: str
    """What was asked for."""
    final_url: str
    """Where redirects led."""
    content_type: str
    etag: str
    """As it came, quotes and `W/` included; empty = none."""
    last_modified: str
    """As it came; empty = none."""
    fetched_at: datetime
    """When it was last known to be fresh."""
    body: bytes


class _Head(msgspec.Struct):
    url: str
    final_url: str
    content_type: str
    etag: str
    last_modified: str
    size: int
    sha256: str


class Documents:
    """A bounded folder of documents. Thread-safe; several processes may share it."""

    def __init__(self, folder: Path, limit_bytes: int, disk: Disk | None = None) -> None:
        """Open or make the folder.

        Raises:
            CacheError: it cannot be used.
        """
        self.folder = folder
        self.limit = limit_bytes
        self._disk = disk or Disk()
        self._top, self._tmp = folder / "documents", folder / "documents-tmp"
        self._written = _LOOK_EVERY
        try:
            for part in (self._top, self._tmp):
                part.mkdir(parents=True, exist_ok=True, mode=0o700)
            sweep(self._tmp)
        except OSError as error:
            raise failed(folder, error) from error

    def get(self, url: str, vary: str = "") -> Document | None:
        """Return a document; None = not here. `vary`: what else than the address decides, such as `Accept`.

        Raises:
            CacheError: the disk fails.
        """
        path = self._path(url, vary)
        try:
            with path.open("rb") as stream:
                changed = os.fstat(stream.fileno()).st_mtime
                line = stream.readline(_HEAD_LIMIT)
                body = stream.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise failed(self.folder, error) from error
        try:
            head = msgspec.json.decode(line, type=_Head)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            head = None
        if head is None or head.url != url or head.size != len(body) or hashlib.sha256(body).hexdigest() != head.sha256:
            self.drop(url, vary)
            return None
        fetched = datetime.fromtimestamp(changed, UTC)
        return Document(url, head.final_url, head.content_type, head.etag, head.last_modified, fetched, body)

    def put(self, document: Document, vary: str = "") -> None:
        """Keep a document, in place of the one before.

        Raises:
            CacheFull: the disk is full; the one before is still there.
            CacheError: it cannot be written.
        """
        digest = hashlib.sha256(document.body).hexdigest()
        head = _Head(
            document.url, document.final_url, document.content_type, document.etag, document.last_modified,
            len(document.body), digest,
        )  # fmt: skip
        line = msgspec.json.encode(head) + b"\n"
        if len(line) >= _HEAD_LIMIT:
            return  # no address or header is that long in earnest
        path = self._path(document.url, vary)
        try:
            self._save(path, (line, document.body), document.fetched_at)
        except OSError as error:
            if not is_full(error) or not self.evict(self.size() * 3 // 4):
                raise failed(self.folder, error) from error
            try:
                self._save(path, (line, document.body), document.fetched_at)
            except OSError as again:
                raise failed(self.folder, again) from again
        self._written += len(line) + len(document.body)
        if self._written >= min(_LOOK_EVERY, self.limit // 8):
            self._written = 0
            if self.size() > self.limit:
                self.evict(int(self.limit * _ROOM))

    def _save(self, path: Path, parts: tuple[bytes, ...], fetched: datetime) -> None:
        handle, aside = self._disk.create(self._tmp, ".part")
        try:
            for part in parts:
                rest = memoryview(part)
                while rest:
                    rest = rest[self._disk.write(handle, rest) :]
            os.close(handle)
            handle = -1
            os.utime(aside, (fetched.timestamp(), fetched.timestamp()))
            path.parent.mkdir(exist_ok=True, mode=0o700)
            self._disk.rename(aside, path)
        except OSError:
            with contextlib.suppress(OSError):
                self._disk.remove(aside)
            raise
        finally:
            if handle >= 0:
                os.close(handle)

    def touch(self, url: str, now: datetime, vary: str = "") -> None:
        """Note that the upstream said "not modified" at `now`."""
        with contextlib.suppress(OSError):
            os.utime(self._path(url, vary), (now.timestamp(), now.timestamp()))

    def drop(self, url: str, vary: str = "") -> None:
        """Remove a document."""
        with contextlib.suppress(OSError):
            self._disk.remove(self._path(url, vary))

    def size(self) -> int:
        """Return the bytes of all documents."""
        return sum(size for _, size, _ in self._files())

    def evict(self, target: int) -> int:
        """Remove the documents that were not fresh for the longest time until `target` bytes are left.

        Returns how many bytes were freed.
        """
        files = sorted(self._files())
        total, freed = sum(size for _, size, _ in files), 0
        for _, size, path in files:
            if total - freed <= target:
                break
            with contextlib.suppress(OSError):
                self._disk.remove(Path(path))
                freed += size
        return freed

    def _files(self) -> Iterator[tuple[float, int, str]]:
        for folder in os.scandir(self._top):
            with contextlib.suppress(OSError):
                for entry in os.scandir(folder.path):
                    with contextlib.suppress(OSError):
                        state = entry.stat()
                        yield state.st_mtime, state.st_size, entry.path

    def _path(self, url: str, vary: str) -> Path:
        name = hashlib.sha256(f"{vary}\n{url}".encode("utf-8", "surrogatepass")).hexdigest()
        return self._top / name[:2] / name
