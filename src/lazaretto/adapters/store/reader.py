"""Reading the store: look-ups that take microseconds, and what `intel` lists and shows.

SQLite is read with Python's own `sqlite3`, because importing SQLAlchemy takes longer than a hundred look-ups;
PostgreSQL through SQLAlchemy. Statements are the same, with `?` for parameters.

A store that is not there answers nothing; one that cannot be read raises `StoreError`, which callers turn into a gap:
"not looked up" is never "nothing found".
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import quote

from lazaretto.adapters.store import rows
from lazaretto.adapters.store.place import HEAD, Place, StoreError
from lazaretto.model.intel import Entity, Indicator, PackageRecord, Reference, Relation, Sighting
from lazaretto.model.intel_answer import FeedState
from lazaretto.model.text import N_

CHUNK = 400
"""Names that are looked up with one statement."""

Key = tuple[str, str]
"""Package URL type and canonical name."""


class _Connection(Protocol):
    def rows(self, statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]: ...

    def close(self) -> None: ...


class Reader:
    """An open store, to be read."""

    def __init__(self, connection: _Connection, place: Place) -> None:
        """Use `reading` to make one."""
        self._db = connection
        self.place = place
        self._feeds: dict[int, str] = dict(self._rows("SELECT id, name FROM feed"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the store go."""
        self._db.close()

    def packages(self, keys: Iterable[Key]) -> dict[Key, list[PackageRecord]]:
        """Return everything that is recorded under these names, withdrawn and expired records included."""
        by_world: dict[str, list[str]] = {}
        for ecosystem, name in dict.fromkeys(keys):
            by_world.setdefault(ecosystem, []).append(name)
        found: dict[Key, list[PackageRecord]] = {}
        for ecosystem, names in by_world.items():
            for start in range(0, len(names), CHUNK):
                part = names[start : start + CHUNK]
                marks = ",".join("?" * len(part))
                # only question marks are put together here
                statement = f"SELECT * FROM package WHERE ecosystem = ? AND name IN ({marks})"  # noqa: S608
                for row in self._rows(statement, [ecosystem, *part]):
                    record = rows.package_of(row, self._feeds.get(row[2], ""))
                    found.setdefault((ecosystem, row[1]), []).append(record)
        return found

    def names(self, but: str = "") -> list[Key]:
        """Return the names of all packages, those of one feed left out."""
        left_out = [number for number, name in self._feeds.items() if name == but]
        statement = "SELECT DISTINCT ecosystem, name FROM package WHERE feed <> ?"
        return [(row[0], row[1]) for row in self._rows(statement, [left_out[0] if left_out else -1])]

    def advisory(self, ident: str) -> list[PackageRecord]:
        """Return the records of an advisory id."""
        found = []
        for number, name in self._feeds.items():
            statement = "SELECT * FROM package WHERE feed = ? AND ident = ? ORDER BY name"
            found += [rows.package_of(row, name) for row in self._rows(statement, [number, ident])]
        return found

    def indicators(self, value: str) -> list[Indicator]:
        """Return what is recorded of a value, in any spelling of its capitals."""
        statement = "SELECT * FROM indicator WHERE value IN (?, ?) ORDER BY kind, feed"
        return [self._indicator(row) for row in self._rows(statement, [value, value.lower()])]

    def all_indicators(self, most: int) -> list[Indicator]:
        """Return the indicators of all feeds, at most so many."""
        statement = "SELECT * FROM indicator ORDER BY kind, value, feed LIMIT ?"
        return [self._indicator(row) for row in self._rows(statement, [most])]

    def indicators_of(self, campaign: str) -> list[Indicator]:
        """Return the indicators of a campaign (by its id)."""
        statement = "SELECT * FROM indicator WHERE campaign = ? ORDER BY kind, value, feed"
        return [self._indicator(row) for row in self._rows(statement, [campaign])]

    def packages_of(self, campaign: str) -> list[PackageRecord]:
        """Return the packages of a campaign (by its id)."""
        statement = "SELECT * FROM package WHERE campaign = ? ORDER BY ecosystem, name, feed"
        return [rows.package_of(row, self._feeds.get(row[2], "")) for row in self._rows(statement, [campaign])]

    def campaign_counts(self) -> dict[str, tuple[int, int]]:
        """Return the numbers of packages and indicators by campaign id."""
        counts = [
            dict(self._rows(f"SELECT campaign, count(*) FROM {table} WHERE campaign <> '' GROUP BY campaign"))  # noqa: S608
            for table in ("package", "indicator")
        ]
        return {key: (counts[0].get(key, 0), counts[1].get(key, 0)) for key in {*counts[0], *counts[1]}}

    def entities(self, kinds: Sequence[str] = ()) -> list[Entity]:
        """Return entities of some kinds, or all."""
        wanted = f" WHERE kind IN ({','.join('?' * len(kinds))})" if kinds else ""
        statement = f"SELECT * FROM entity{wanted} ORDER BY kind, name, feed"  # noqa: S608 - question marks
        return [rows.entity_of(row, self._feeds.get(row[0], "")) for row in self._rows(statement, list(kinds))]

    def entity(self, word: str) -> list[Entity]:
        """Return the entities of this id or name, aliases and capitals heeded."""
        wanted = word.casefold()
        return [
            one
            for one in self.entities()
            if wanted in (one.id.casefold(), one.name.casefold(), *(alias.casefold() for alias in one.aliases))
        ]

    def relations(self, ident: str) -> list[Relation]:
        """Return the relations from and to an id."""
        statement = (
            "SELECT source, kind, target FROM relation WHERE source = ? OR target = ? ORDER BY source, kind, target"
        )
        return [Relation(*row) for row in self._rows(statement, [ident, ident])]

    def sightings(self, of: str) -> list[Sighting]:
        """Return the sightings of an id or value."""
        statement = "SELECT * FROM sighting WHERE of = ? ORDER BY id"
        return [
            Sighting(row[1], row[2], rows.date_of(row[3]), rows.date_of(row[4]), row[5], row[6])
            for row in self._rows(statement, [of])
        ]

    def references(self, keys: Sequence[str]) -> dict[str, Reference]:
        """Return references by their keys."""
        found: dict[str, Reference] = {}
        for start in range(0, len(keys), CHUNK):
            part = list(keys[start : start + CHUNK])
            marks = ",".join("?" * len(part))
            statement = f"SELECT * FROM reference WHERE key IN ({marks})"  # noqa: S608 - question marks
            for row in self._rows(statement, part):
                found[row[1]] = Reference(row[1], row[2], row[3], row[4], row[5])
        return found

    def feeds(self) -> list[FeedState]:
        """Return the feeds with their counts."""
        counts: dict[str, dict[int, int]] = {}
        for table in ("package", "indicator", "entity"):
            statement = f"SELECT feed, count(*) FROM {table} GROUP BY feed"  # noqa: S608 - our own names
            counts[table] = dict(self._rows(statement))
        gone = dict(self._rows("SELECT feed, count(*) FROM package WHERE withdrawn <> 0 GROUP BY feed"))
        result = []
        for row in self._rows("SELECT * FROM feed ORDER BY name"):
            first, last, newest = map(rows.date_of, row[5:8])
            packages, indicators, entities = (counts[table].get(row[0], 0) for table in counts)
            name, title, licence, address = row[1:5]
            result.append(
                FeedState(
                    name, title, licence, address, first, last, newest, row[8],
                    packages, indicators, entities, gone.get(row[0], 0),
                )
            )  # fmt: skip
        return result

    def newest(self) -> str:
        """Return the newest date of reading, as a day; empty for a store without feeds."""
        return max((rows.date_of(number)[:10] for (number,) in self._rows("SELECT last_read FROM feed")), default="")

    def _indicator(self, row: tuple[Any, ...]) -> Indicator:
        return rows.indicator_of(row, self._feeds.get(row[2], ""))

    def _rows(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._db.rows(statement, parameters)
        except sqlite3.Error as error:
            raise _unusable(self.place, error) from error


def reading(place: Place | None) -> Reader | None:
    """Open the store for reading; None when there is none.

    Raises:
        StoreError: it is there and cannot be read.
    """
    if place is None or not place.exists:
        return None
    connection: _Connection = _Sqlite(place) if place.file is not None else _server(place)
    try:
        _check_version(connection, place)
        return Reader(connection, place)
    except BaseException:
        connection.close()
        raise


def _check_version(connection: _Connection, place: Place) -> None:
    try:
        found = connection.rows("SELECT version_num FROM alembic_version", ())
    except sqlite3.Error as error:
        raise _unusable(place, error) from error
    version = str(found[0][0]) if found else ""
    if version != HEAD:
        raise StoreError(
            N_("the store {place} has another schema ({found}) than this version reads ({known})"),
            {"place": place.shown, "found": version or "-", "known": HEAD},
            N_("lazaretto intel update brings it up to date"),
        )


def _unusable(place: Place, error: Exception) -> StoreError:
    return StoreError(
        N_("the intelligence store {place} cannot be used: {error}"),
        {"place": place.shown, "error": str(error).partition("\n")[0][:300]},
        N_("delete the file and run lazaretto intel update again"),
    )


class _Sqlite:
    def __init__(self, place: Place) -> None:
        assert place.file is not None
        try:
            self._db = sqlite3.connect(f"file:{quote(str(place.file.absolute()))}?mode=ro", uri=True, timeout=5.0)
        except sqlite3.Error as error:
            raise _unusable(place, error) from error

    def rows(self, statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        return self._db.execute(statement, parameters).fetchall()

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._db.close()


def _server(place: Place) -> _Connection:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    class Server:
        def __init__(self) -> None:
            self._engine = create_engine(place.url, poolclass=NullPool)
            self._db = self._engine.connect()

        def rows(self, statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
            try:
                found = self._db.exec_driver_sql(statement.replace("?", "%s"), tuple(parameters))
                return [tuple(row) for row in found]
            except SQLAlchemyError as error:
                raise _unusable(place, error) from error

        def close(self) -> None:
            with contextlib.suppress(SQLAlchemyError):
                self._db.close()
                self._engine.dispose()

    try:
        return Server()
    except (SQLAlchemyError, ImportError) as error:
        raise _unusable(place, error) from error
