"""The database under the gate's store: short transactions on SQLite or PostgreSQL, for many threads.

    database.read(lambda run: run.rows("SELECT ... WHERE x = ?", [x]))
    database.write(lambda run: run.one("UPDATE ..."), durable=True)

Statements are written once, with question marks, in the SQL that both understand. A piece of work may be run again
when a connection turned out to be dead before anything was committed, so it must do nothing but its statements.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from lazaretto.adapters.store.place import Place

T = TypeVar("T")
Row = tuple[Any, ...]
BUSY_SECONDS = 15.0
"""How long a statement waits for another process that writes."""
POOL = 8
"""Connections that are kept open."""


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
    from lazaretto.adapters.gate_store.on_server import Server
    from lazaretto.adapters.gate_store.on_sqlite import Sqlite

    return Sqlite(place) if place.file is not None else Server(place)
