"""The gate's store in a SQLite file: `sqlite3` itself, a pool of connections in WAL mode.

A process that is killed loses nothing that was committed. In a power cut only work that is not `durable` may be lost:
WAL with `synchronous=NORMAL`, https://www.sqlite.org/wal.html.
"""

import contextlib
import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from lazaretto.adapters.gate_store.database import BUSY_SECONDS, POOL, Row, Run
from lazaretto.adapters.gate_store.migrate import migrate
from lazaretto.adapters.gate_store.place import HEAD, Trouble, unusable
from lazaretto.adapters.store.place import Place

T = TypeVar("T")
_WAL_KEPT = 64 << 20
"""Bytes that the write-ahead log keeps of what it once grew to."""


class _SqliteRun:
    """A SQLite connection as a `Run`."""

    def __init__(self, connection: sqlite3.Connection, inode: int) -> None:
        self.db = connection
        self.inode = inode
        self.full = False

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        return self.db.execute(statement, parameters).fetchall()

    def one(self, statement: str, parameters: Sequence[object] = ()) -> int:
        return self.db.execute(statement, parameters).rowcount

    def many(self, statement: str, parameters: Sequence[Row]) -> None:
        self.db.executemany(statement, parameters)


class Sqlite:
    """A store in a file."""

    server = False

    def __init__(self, place: Place) -> None:
        """Open or make the file."""
        assert place.file is not None
        self.place = place
        self._file = place.file
        self._free: list[_SqliteRun] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        """Threads of one process queue up here, fairly, instead of waking each other by SQLite's busy timer."""
        with self._told():
            self._prepare()

    def read(self, work: Callable[[Run], T]) -> T:
        """Run queries."""
        with self._told(), self._borrowed() as run:
            return work(run)

    def write(self, work: Callable[[Run], T], *, durable: bool = False) -> T:
        """Run statements, all or nothing."""
        with self._told(), self._writing, self._borrowed() as run:
            if run.full != durable:
                run.db.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
                run.full = durable
            run.db.execute("BEGIN IMMEDIATE")
            try:
                result = work(run)
                run.db.execute("COMMIT")
            except BaseException:
                if run.db.in_transaction:
                    run.db.execute("ROLLBACK")
                raise
            return result

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            free, self._free = self._free, []
        for run in free:
            run.db.close()

    @contextlib.contextmanager
    def _borrowed(self) -> Iterator[_SqliteRun]:
        inode = self._inode()
        with self._lock:
            run = self._free.pop() if self._free else None
        if run is not None and run.inode != inode:  # the file was deleted, or another one was put in its place
            run.db.close()
            self.close()
            run = None
        if run is None:
            if inode == 0:
                self._prepare()
            run = self._connect()
        try:
            yield run
        except BaseException:
            run.db.close()  # which also ends what it began
            raise
        with self._lock:
            if len(self._free) < POOL:
                self._free.append(run)
                return
        run.db.close()

    def _inode(self) -> int:
        try:
            return self._file.stat().st_ino
        except OSError:
            return 0

    def _connect(self) -> _SqliteRun:
        address = f"file:{quote(str(self._file.absolute()))}?mode=rw"
        db = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        for setting in (
            "synchronous=NORMAL",
            "cache_size=-8000",
            "temp_store=MEMORY",
            f"journal_size_limit={_WAL_KEPT}",
        ):
            db.execute(f"PRAGMA {setting}")
        return _SqliteRun(db, self._inode())

    def _prepare(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        os.close(handle)
        run = self._connect()
        try:
            if _version(run) == HEAD:
                return
            run.db.execute("PRAGMA journal_mode=WAL")
        finally:
            run.db.close()
        _migrate_sqlite(self.place, self._file)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise unusable(_sqlite_trouble(error), self.place, error) from error
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            refused = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
            trouble = Trouble.FULL if full else Trouble.READ_ONLY if refused else Trouble.GONE
            raise unusable(trouble, self.place, error.strerror or error) from error


def _version(run: Run) -> str:
    if not run.rows("SELECT 1 FROM sqlite_master WHERE name = 'gate_version'"):
        return ""
    found = run.rows("SELECT version_num FROM gate_version")
    return str(found[0][0]) if found else ""


def _sqlite_trouble(error: sqlite3.Error) -> Trouble:
    # https://www.sqlite.org/rescode.html; IOERR_WRITE is what a file size limit gives
    name = getattr(error, "sqlite_errorname", "")
    for start, trouble in (
        ("SQLITE_BUSY", Trouble.LOCKED),
        ("SQLITE_LOCKED", Trouble.LOCKED),
        ("SQLITE_FULL", Trouble.FULL),
        ("SQLITE_IOERR_WRITE", Trouble.FULL),
        ("SQLITE_READONLY_DBMOVED", Trouble.GONE),
        ("SQLITE_READONLY", Trouble.READ_ONLY),
        ("SQLITE_PERM", Trouble.READ_ONLY),
        ("SQLITE_CANTOPEN", Trouble.GONE),
        ("SQLITE_IOERR", Trouble.GONE),
        ("SQLITE_CORRUPT", Trouble.DAMAGED),
        ("SQLITE_NOTADB", Trouble.DAMAGED),
    ):
        if name.startswith(start):
            return trouble
    return Trouble.DAMAGED if "no such table" in str(error) or "no such column" in str(error) else Trouble.WRONG


def _migrate_sqlite(place: Place, file: Path) -> None:
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)

    engine = create_engine("sqlite+pysqlite://", creator=opened, poolclass=NullPool)
    # one of several processes that start at the same time makes the tables, the others wait and find them
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            migrate(connection, place)
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise
    finally:
        engine.dispose()
