"""The database under the gate's store: short transactions on SQLite or PostgreSQL, for many threads.

    database.read(lambda run: run.rows("SELECT ... WHERE x = ?", [x]))
    database.write(lambda run: run.one("UPDATE ..."), durable=True)

Statements are written once, with question marks, in the SQL that both understand. A piece of work may be run again
when a connection turned out to be dead before anything was committed, so it must do nothing but its statements.

SQLite: `sqlite3` itself, a pool of connections in WAL mode. A process that is killed loses nothing that was committed;
in a power cut only work that is not `durable` may be lost. PostgreSQL: SQLAlchemy's pool; every commit is durable.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import quote

from lazaretto.adapters.gate_store.place import HEAD, Trouble, unusable
from lazaretto.adapters.store.place import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

T = TypeVar("T")
Row = tuple[Any, ...]
BUSY_SECONDS = 15.0
"""How long a statement waits for another process that writes."""
_POOL = 8
_LOCK_KEY = 0x4C5A_6774
_NEVER_CHECKPOINTED = 64 << 20


class Run(Protocol):
    """Statements within one transaction."""

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Return the rows of a query."""

    def one(self, statement: str, parameters: Sequence[object] = ()) -> int:
        """Execute a statement; returns how many rows it changed."""

    def many(self, statement: str, parameters: Sequence[Row]) -> None:
        """Execute a statement for every one of these rows."""


class Database(Protocol):
    """What a place is opened as."""

    place: Place
    server: bool
    """True for PostgreSQL."""

    def read(self, work: Callable[[Run], T]) -> T:
        """Run queries. Raises GateStoreError."""

    def write(self, work: Callable[[Run], T], *, durable: bool = False) -> T:
        """Run statements, all or nothing. Raises GateStoreError."""

    def close(self) -> None:
        """Close all connections."""


def connect(place: Place) -> Database:
    """Open the store, and make it or bring its schema up to date when needed.

    Raises:
        GateStoreError: it cannot be used.
    """
    return Sqlite(place) if place.file is not None else Server(place)


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
        with self._told(), self._borrowed() as run:
            return work(run)

    def write(self, work: Callable[[Run], T], *, durable: bool = False) -> T:
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
        except sqlite3.Error:
            run.db.close()
            raise
        with self._lock:
            if len(self._free) < _POOL:
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
            f"journal_size_limit={_NEVER_CHECKPOINTED}",
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
            import errno

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


def migrate(connection: "Connection", place: Place) -> None:
    """Bring the schema up to date within the connection's transaction.

    Raises:
        GateStoreError: it is newer than this version.
    """
    from sqlalchemy import inspect, text

    if inspect(connection).has_table("gate_version"):
        version = connection.execute(text("SELECT version_num FROM gate_version")).scalar()
        if version == HEAD:
            return
        if version is not None and version > HEAD:
            raise unusable(Trouble.NEWER, place, version)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


class _ServerRun:
    """A connection of SQLAlchemy as a `Run`."""

    def __init__(self, connection: "Connection") -> None:
        self._db = connection

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        found = self._db.exec_driver_sql(statement.replace("?", "%s"), tuple(parameters))
        return [tuple(row) for row in found]

    def one(self, statement: str, parameters: Sequence[object] = ()) -> int:
        return self._db.exec_driver_sql(statement.replace("?", "%s"), tuple(parameters)).rowcount

    def many(self, statement: str, parameters: Sequence[Row]) -> None:
        if parameters:
            self._db.exec_driver_sql(statement.replace("?", "%s"), list(parameters))


class Server:
    """A store in PostgreSQL."""

    server = True

    def __init__(self, place: Place) -> None:
        """Connect. A server that is not there is an error now, and may be there later: make another one then."""
        self.place = place
        try:
            from sqlalchemy import create_engine

            self._engine: Engine = create_engine(
                place.url,
                pool_size=_POOL,
                max_overflow=_POOL,
                pool_timeout=BUSY_SECONDS,
                connect_args={
                    "connect_timeout": 3,
                    "options": f"-c statement_timeout={int(BUSY_SECONDS * 1000)}",
                    "keepalives_idle": 10,
                    "keepalives_interval": 3,
                    "keepalives_count": 3,
                    "tcp_user_timeout": int(BUSY_SECONDS * 1000),
                },
            )
        except Exception as error:  # a URL that cannot be read, or the driver is not installed
            raise unusable(Trouble.WRONG, place, error) from error
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        try:
            self._prepared()
        except BaseException:
            self._engine.dispose()
            raise

    def _prepared(self) -> None:
        def prepare(connection: "Connection") -> None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})")
            migrate(connection, self.place)

        self._committed(prepare)

    def read(self, work: Callable[[Run], T]) -> T:
        return self._again(lambda _: self._queried(work))

    def _queried(self, work: Callable[[Run], T]) -> T:
        with self._reading.connect() as connection:
            return work(_ServerRun(connection))

    def write(self, work: Callable[[Run], T], *, durable: bool = False) -> T:
        return self._committed(lambda connection: work(_ServerRun(connection)))

    def _committed(self, work: "Callable[[Connection], T]") -> T:
        def attempt(state: list[str]) -> T:
            with self._engine.connect() as connection, connection.begin() as transaction:
                result = work(connection)
                state.append("commit")  # what happens from here on may have been done although nobody was told
                transaction.commit()
                return result

        return self._again(attempt)

    def _again(self, attempt: Callable[[list[str]], T]) -> T:
        """Try again once when the connection was dead from the start, or the transaction was the deadlock's victim."""
        from sqlalchemy.exc import DBAPIError, SQLAlchemyError

        for last in (False, True):
            state: list[str] = []
            try:
                return attempt(state)
            except DBAPIError as error:
                trouble, worth = _server_trouble(error.orig, dead=error.connection_invalidated)
                if last or not worth or state:
                    raise unusable(trouble, self.place, error.orig) from error
            except SQLAlchemyError as error:  # no connection became free in time
                raise unusable(Trouble.LOCKED, self.place, error) from error
        raise AssertionError

    def close(self) -> None:
        self._engine.dispose()


_STATES = {
    "40001": Trouble.LOCKED,  # serialization failure
    "40P01": Trouble.LOCKED,  # deadlock
    "53100": Trouble.FULL,
    "25006": Trouble.READ_ONLY,
    "42501": Trouble.READ_ONLY,  # insufficient privilege
    "42P01": Trouble.DAMAGED,  # undefined table
    "42703": Trouble.DAMAGED,  # undefined column
    "55P03": Trouble.LOCKED,  # lock not available
    "57014": Trouble.LOCKED,  # statement timeout
    "28000": Trouble.WRONG,  # no such user
    "28P01": Trouble.WRONG,  # password
    "3D000": Trouble.WRONG,  # no such database
}
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""


def _server_trouble(error: BaseException | None, *, dead: bool) -> tuple[Trouble, bool]:
    """Return the trouble, and whether it is worth trying again at once."""
    state = str(getattr(error, "sqlstate", None) or "")
    if state in _STATES:
        return _STATES[state], state in ("40001", "40P01")
    if dead:
        return Trouble.GONE, True
    if state[:2] in ("08", "53", "57", "58", "") and type(error).__name__ in ("OperationalError", "AdminShutdown"):
        # errors while connecting carry no state, only the server's words
        words = str(error)
        wrong = "password authentication failed" in words or ("does not exist" in words and "FATAL" in words)
        return (Trouble.WRONG if wrong else Trouble.GONE), False
    return (Trouble.GONE if state[:2] in ("08", "53", "57", "58") else Trouble.WRONG), False
