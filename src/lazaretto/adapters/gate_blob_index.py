"""The names of artifacts in the gate's cache: sizes, and which SHA-256 another digest or an address leads to.

Only a convenience: it is made again when it is lost, other names are learned again when artifacts are used, and every
digest is verified against the bytes. That it could not be written is told in `trouble`, and harms nobody.
"""

import contextlib
import hashlib
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lazaretto.adapters.gate_disk import CacheError
from lazaretto.model.text import N_, Message

_KEY = re.compile(r"(sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\Z")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS blob (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alias (alias TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alias_sha256 ON alias (sha256);
"""


class BlobIndex:
    """An open index. Thread-safe; several processes may share it."""

    def __init__(self, path: Path) -> None:
        """Open or make it; one that is damaged is thrown away.

        Raises:
            CacheError: it cannot be used.
        """
        self._path = path
        self._lock = threading.Lock()
        self.trouble = ""
        """The last failure; empty = none."""
        self._db = self._opened()

    def close(self) -> None:
        """Close it."""
        with self._lock:
            self._db.close()

    def find(self, key: str) -> str | None:
        """Return the SHA-256 (hex) of `algorithm:HEX` or `url:URL`; None = unknown, or not a key."""
        key = _name(key)
        if not key:
            return None
        if key.startswith("sha256:"):
            return key[7:]
        found = self._rows("SELECT sha256 FROM alias WHERE alias = ?", key)
        return str(found[0][0]) if found else None

    def add(self, sha256: str, size: int, names: Iterable[str]) -> None:
        """Note an artifact and its other names."""
        self._write(
            [
                ("INSERT OR REPLACE INTO blob VALUES (?, ?)", (sha256, size)),
                *(("INSERT OR REPLACE INTO alias VALUES (?, ?)", (name, sha256)) for name in map(_name, names) if name),
            ]
        )

    def forget(self, sha256: str) -> None:
        """Forget an artifact."""
        self._write(
            [("DELETE FROM alias WHERE sha256 = ?", (sha256,)), ("DELETE FROM blob WHERE sha256 = ?", (sha256,))]
        )

    def known(self) -> set[str]:
        """Return the SHA-256 of all artifacts."""
        return {str(row[0]) for row in self._rows("SELECT sha256 FROM blob")}

    def adopt(self, sizes: Mapping[str, int]) -> None:
        """Note artifacts (bytes by SHA-256) that a process placed and did not live to note."""
        if sizes:
            self._write([("INSERT OR REPLACE INTO blob VALUES (?, ?)", item) for item in sizes.items()])

    def total(self) -> tuple[int, int]:
        """Return the number of artifacts and their bytes."""
        found = self._rows("SELECT count(*), coalesce(sum(size), 0) FROM blob")
        return (found[0][0], found[0][1]) if found else (0, 0)

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.OperationalError as error:
            raise self._failed(error) from error
        except sqlite3.DatabaseError:
            try:
                for suffix in ("", "-wal", "-shm"):
                    self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
                return self._connected()
            except sqlite3.Error as error:
                raise self._failed(error) from error

    def _connected(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=10.0, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.executescript(_SCHEMA)
        return db

    def _failed(self, error: sqlite3.Error) -> CacheError:
        params = {"folder": self._path.parent, "error": error}
        return CacheError(Message.of(N_("the cache {folder} cannot be used: {error}"), params))

    def _rows(self, statement: str, *parameters: object) -> list[tuple[int, int]]:
        with self._lock, self._noted():
            return self._db.execute(statement, parameters).fetchall()
        return []

    def _write(self, work: list[tuple[str, tuple[object, ...]]]) -> None:
        with self._lock, self._noted():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for statement, parameters in work:
                    self._db.execute(statement, parameters)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self.trouble = f"{type(error).__name__}: {error}"


def _name(key: str) -> str:
    """Return a key as the index has it; empty when it is none. Addresses are kept by their hash."""
    if key.startswith("url:"):
        return "url:" + hashlib.sha256(key[4:].encode("utf-8", "surrogatepass")).hexdigest()
    return key if _KEY.match(key) else ""
