"""The gate's store in PostgreSQL: SQLAlchemy's pool, every commit durable.

A server that went away is an error with `retry`; the pool finds it again when it is back.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from lazaretto.adapters.gate_store.database import BUSY_SECONDS, POOL, Row, Run
from lazaretto.adapters.gate_store.migrate import migrate
from lazaretto.adapters.gate_store.place import Trouble, unusable
from lazaretto.adapters.store.place import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

T = TypeVar("T")
_LOCK_KEY = 0x4C5A_6774
_OPTIONS = f"-c statement_timeout={int(BUSY_SECONDS * 1000)} -c enable_bitmapscan=off"
"""Every question is answered in the order of an index and stops early; a bitmap would read all that could match, which
is what a planner without statistics (a log that was filled this minute) likes best."""
_SETTINGS = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": int(BUSY_SECONDS * 1000),
}
"""So that a server that is gone is noticed in seconds (libpq's names); what the URL says goes first."""


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
            from sqlalchemy import create_engine, make_url

            url = make_url(place.url)
            told = {name: value for name, value in url.query.items() if name in _SETTINGS or name == "options"}
            options = f"{_OPTIONS} {told.pop('options', '')}"
            self._engine: Engine = create_engine(
                url,
                pool_size=POOL,
                max_overflow=POOL,
                pool_timeout=BUSY_SECONDS,
                connect_args={**_SETTINGS, **told, "options": options},
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
        """Run queries."""
        return self._again(lambda _: self._queried(work))

    def _queried(self, work: Callable[[Run], T]) -> T:
        with self._reading.connect() as connection:
            return work(_ServerRun(connection))

    def write(self, work: Callable[[Run], T], *, durable: bool = False) -> T:
        """Run statements, all or nothing."""
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
        """Close all connections."""
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
