"""The examination cache: what the rules said of a file's content, kept by content.

    key    BLAKE2b over (digest of rules, parsers and intel; path within the subject; SHA-256 of the content)
    value  the encoded result

An entry is therefore never stale: whatever could change the answer is part of the key. The cache is SQLite in WAL
mode, safe under several processes; it is a convenience, so every failure (full disk, read-only home, corrupt file)
switches it off for the run and is told once, never raised.
"""

import contextlib
import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path

MAX_ROWS = 1_500_000
"""Beyond this the least recently written tenth is dropped."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS result (key BLOB PRIMARY KEY, value BLOB NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
"""
_CHUNK = 500


class Cache:
    """One connection to the cache file. Not shared between processes: each opens its own."""

    def __init__(self, path: Path, engine_digest: str, *, read_only: bool = False) -> None:
        """Open or create the cache. On failure the object works, remembers nothing, and `trouble` says why."""
        self.trouble = ""
        self._salt = engine_digest.encode()
        self._db: sqlite3.Connection | None = None
        self._read_only = read_only
        try:
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            elif not path.exists():
                return
            self._db = sqlite3.connect(path, timeout=5.0, isolation_level=None)
            self._db.execute("PRAGMA busy_timeout=5000")
            if not read_only:
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=OFF")  # losing the newest entries in a power cut is harmless
                self._db.execute(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            self._fail(error)

    def key(self, path: str, digest: str) -> bytes:
        """Return the key for a file: `path` within the subject and the SHA-256 of its content."""
        name = path.encode("utf-8", "surrogateescape")
        return hashlib.blake2b(b"\0".join((self._salt, digest.encode(), name)), digest_size=20).digest()

    def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return the values that are there, by key."""
        found: dict[bytes, bytes] = {}
        if self._db is None:
            return found
        try:
            for start in range(0, len(keys), _CHUNK):
                part = keys[start : start + _CHUNK]
                marks = ",".join("?" * len(part))
                # only question marks are put together here
                found.update(self._db.execute(f"SELECT key, value FROM result WHERE key IN ({marks})", part))  # noqa: S608
        except sqlite3.Error as error:
            self._fail(error)
        return found

    def put(self, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Store results in one transaction."""
        if self._db is None or self._read_only:
            return
        now = int(time.time())
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR REPLACE INTO result VALUES (?, ?, ?)", ((k, v, now) for k, v in rows))
            self._db.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            self._fail(error)

    def close(self) -> None:
        """Drop the oldest entries when there are too many, and close."""
        if self._db is None:
            return
        with contextlib.suppress(sqlite3.Error):
            if not self._read_only:
                (count,) = self._db.execute("SELECT count(*) FROM result").fetchone()
                if count > MAX_ROWS:
                    self._db.execute(
                        "DELETE FROM result WHERE key IN (SELECT key FROM result ORDER BY at LIMIT ?)",
                        (count - MAX_ROWS * 9 // 10,),
                    )
        with contextlib.suppress(sqlite3.Error):
            self._db.close()
        self._db = None

    def _fail(self, error: Exception) -> None:
        self.trouble = self.trouble or f"{type(error).__name__}: {error}"
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
        self._db = None


def default_path() -> Path:
    """Return where the cache lies: `LAZARETTO_CACHE_DIR`, else the platform's cache folder."""
    chosen = os.environ.get("LAZARETTO_CACHE_DIR")
    if chosen:
        return Path(chosen) / "check.sqlite3"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", "~/AppData/Local"))
    elif sys.platform == "darwin":
        base = Path("~/Library/Caches")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    return base.expanduser() / "lazaretto" / "check.sqlite3"


def program_digest() -> str:
    """Return a digest over all of Lazaretto's own code and data; a change of any rule makes a new cache."""
    digest = hashlib.sha256()
    stack = [resources.files("lazaretto")]
    while stack:
        folder = stack.pop()
        for entry in sorted(folder.iterdir(), key=lambda item: item.name):
            if entry.is_dir():
                if entry.name not in ("__pycache__", "locale", "cli", "reports"):
                    stack.append(entry)
            elif entry.name.endswith((".py", ".json", ".txt", ".bloom", ".yar")):
                digest.update(entry.name.encode())
                digest.update(entry.read_bytes())
    return digest.hexdigest()
