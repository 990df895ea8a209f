"""Writing the store: everything or nothing.

    with writing(place, now) as writer:      one writer at a time (lock)
        feed = writer.feed("osv", ...)
        feed.add(facts); feed.add(facts); ...
        feed.finish()

SQLite: a copy of the file is written and takes the place of the old one at the end, so whoever reads has a whole store
at every moment, and whatever kills the writer leaves yesterday's store as it was. PostgreSQL: one transaction, and an
advisory lock. The schema is brought up to date first, within the same all or nothing.

Facts are compared by their digests: what is the same is not touched, not even its date of reading. An older wording
(by the feed's own date of change) never takes the place of a newer one.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Table, create_engine, delete, event, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from lazaretto.adapters.store import rows
from lazaretto.adapters.store.lock import only_writer
from lazaretto.adapters.store.place import HEAD, Place, StoreError
from lazaretto.adapters.store.schema import ENTITY, FEED, INDICATOR, PACKAGE, REFERENCE, RELATION, SIGHTING
from lazaretto.model.intel import Facts, Sighting
from lazaretto.model.text import N_

BATCH = 2000
"""Facts that are written at once."""
CHUNK = 400
"""Keys that are asked for with one statement."""
SHRINKS = 0.5
"""A snapshot that lost more than this part of its records is refused unless the caller insists."""
SMALL = 200
"""Feeds with fewer records may shrink as they like."""
_LOCK_KEY = 0x4C5A_5245

Row = tuple[Any, ...]


@dataclass
class Counts:
    """What reading a feed did."""

    documents: int = 0
    facts: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    withdrawn: int = 0
    """Of the facts read, those that their author took back."""
    skipped: int = 0
    """Statements that are none of our business."""
    rejected: list[str] = field(default_factory=list)
    """Reasons, the first hundred."""
    rejections: int = 0


class FeedWriter:
    """Takes over what one feed says."""

    def __init__(self, connection: Connection, number: int, now: int) -> None:
        """`number` is the feed's; `now` is the date of reading."""
        self._db = connection
        self._number = number
        self._now = now
        self.counts = Counts()
        self.newest = 0
        self._known = {table: self._digests(table) for table in (PACKAGE, INDICATOR, ENTITY)}
        self._seen: dict[Table, set[int]] = {PACKAGE: set(), INDICATOR: set(), ENTITY: set()}
        self._ranks: dict[Table, dict[int, int]] = {PACKAGE: {}, INDICATOR: {}, ENTITY: {}}
        self._waiting: dict[Table, list[Row]] = {PACKAGE: [], INDICATOR: [], ENTITY: []}
        sighted = connection.execute(select(SIGHTING).where(SIGHTING.c.feed == number))
        self._sighted = {tuple(row)[:-1] for row in sighted}
        self._others: dict[Table, dict[Row, Row]] = {RELATION: {}, SIGHTING: {}, REFERENCE: {}}

    def _digests(self, table: Table) -> set[int]:
        return {digest for (digest,) in self._db.execute(select(table.c.digest).where(table.c.feed == self._number))}

    def add(self, facts: Facts) -> None:
        """Take over the facts of one document."""
        counts = self.counts
        counts.documents += 1
        counts.skipped += facts.skipped
        self.reject(facts.rejected)
        number, now = self._number, self._now
        for record in facts.packages:
            self._take(PACKAGE, rows.package_row(record, number, now))
        for indicator in facts.indicators:
            self._take(INDICATOR, rows.indicator_row(indicator, number, now))
        for entity in facts.entities:
            self._take(ENTITY, rows.entity_row(entity, number, now))
        for relation in facts.relations:
            row = rows.relation_row(relation, number)
            self._others[RELATION][row] = row
        for sighting in facts.sightings:
            self._sighting(sighting)
        for reference in facts.references:
            row = rows.reference_row(reference, number)
            self._others[REFERENCE][row[:2]] = row
        for table, waiting in self._waiting.items():  # never in the middle of a document
            if len(waiting) >= BATCH:
                self._flush(table)
        if len(self._others[RELATION]) + len(self._others[REFERENCE]) + len(self._others[SIGHTING]) > BATCH:
            self._flush_others()

    def reject(self, reasons: Sequence[str]) -> None:
        """Count what could not be taken over."""
        self.counts.rejections += len(reasons)
        self.counts.rejected += reasons[: max(0, 100 - len(self.counts.rejected))]

    def finish(self, *, replace: bool = False, worlds: frozenset[str] = frozenset(), insist: bool = False) -> Counts:
        """Write what is left. `replace`: what was not read again (of these package worlds; empty = all) is gone.

        Raises:
            StoreError: the feed would lose most of what it had.
        """
        for table in self._waiting:
            self._flush(table)
        self._flush_others()
        if replace:
            self._drop_unseen(worlds, insist=insist)
        return self.counts

    def describe(self, state: str) -> None:
        """Note when the feed was read and where the next update goes on."""
        self._db.execute(
            update(FEED).where(FEED.c.id == self._number).values(last_read=self._now, state=state, newest=self.newest)
        )

    def _take(self, table: Table, row: Row) -> None:
        digest = row[-1]
        counts = self.counts
        counts.facts += 1
        counts.withdrawn += bool(row[-2])
        last = row[-5]  # last seen: for an advisory, when it was modified
        self.newest = max(self.newest, last)
        if digest in self._seen[table]:
            return
        # the same key twice in one run: the newest wording counts, then the withdrawn one, then the first
        rank, ranks, key = _rank(row), self._ranks[table], _key_of(table, row)
        before = ranks.get(key, -1)
        if rank <= before:
            return
        ranks[key] = rank
        self._seen[table].add(digest)
        if digest in self._known[table] and before < 0:
            counts.unchanged += 1
            return
        self._waiting[table].append(row)

    def _flush(self, table: Table) -> None:
        """Write what is waiting; never in the middle of a document, so that its rows are all there."""
        waiting = self._waiting[table]
        if not waiting:
            return
        keys = [column.name for column in table.primary_key]
        names = [column.name for column in table.columns]
        places = [names.index(key) for key in keys]
        latest = {tuple(row[place] for place in places): row for row in waiting}
        waiting.clear()
        stored = self._stored(table, list(latest)) if self._known[table] else {}
        for key, (rank, digest) in stored.items():
            if key in latest and (digest == latest[key][-1] or rank > _rank(latest[key])):
                del latest[key]  # what is stored is the same, or newer
                self._seen[table].add(digest)
                self.counts.unchanged += 1
        gone = [key for key in stored if key in latest]
        if table is PACKAGE:  # what these advisories said before and do not say now: they name others, or fewer
            spoken = {key[3] for key in latest if not key[3].startswith(rows.NO_ADVISORY)}
            told = self._seen[table]
            gone += [
                key
                for key, (_, digest) in stored.items()
                if key[3] in spoken and key not in latest and digest not in told
            ]
        marks = " AND ".join(f"{key} = ?" for key in keys)
        changed = _many(self._db, f"DELETE FROM {table.name} WHERE {marks}", gone)  # noqa: S608 - our own names
        if latest:
            self._db.execute(insert(table), [dict(zip(names, row, strict=True)) for row in latest.values()])
        self.counts.changed += min(changed, len(latest))
        self.counts.new += len(latest) - min(changed, len(latest))
        # from now on these are known, so that a later document of this run may replace them
        self._known[table].update(row[-1] for row in latest.values())

    def _stored(self, table: Table, found: list[Row]) -> dict[Row, tuple[int, int]]:
        """Return rank and digest of the stored rows with these keys; of packages, all rows of their advisories."""
        keys = list(table.primary_key)
        wanted = select(*keys, table.c.last_seen, table.c.withdrawn, table.c.digest)
        groups: dict[tuple[Column[Any], str], set[str]] = {}
        for key in found:  # by what the table's keys and indexes begin with
            if table is PACKAGE:
                groups.setdefault((PACKAGE.c.ident, ""), set()).add(key[3])
            elif table is INDICATOR:
                groups.setdefault((INDICATOR.c.value, key[0]), set()).add(key[1])
            else:
                groups.setdefault((ENTITY.c.id, ""), set()).add(key[1])
        result: dict[Row, tuple[int, int]] = {}
        for (column, kind), values in groups.items():
            asked = wanted.where(table.c.feed == self._number)
            if kind:
                asked = asked.where(INDICATOR.c.kind == kind)
            ordered = sorted(values)
            for start in range(0, len(ordered), CHUNK):
                for row in self._db.execute(asked.where(column.in_(ordered[start : start + CHUNK]))):
                    result[tuple(row[: len(keys)])] = row[-3] * 2 + bool(row[-2]), row[-1]
        return result

    def _sighting(self, sighting: Sighting) -> None:
        row = rows.sighting_row(sighting, self._number, self._now)
        if row[:-1] not in self._sighted:
            self._others[SIGHTING][row[:2]] = row

    def _flush_others(self) -> None:
        for table, waiting in self._others.items():
            if not waiting:
                continue
            names = [column.name for column in table.columns]
            keys = [column.name for column in table.primary_key]
            marks = " AND ".join(f"{key} = ?" for key in keys)
            _many(self._db, f"DELETE FROM {table.name} WHERE {marks}", list(waiting))  # noqa: S608 - our own names
            self._db.execute(insert(table), [dict(zip(names, row, strict=True)) for row in waiting.values()])
            waiting.clear()

    def _drop_unseen(self, worlds: frozenset[str], *, insist: bool) -> None:
        for table in (PACKAGE, INDICATOR, ENTITY):
            keys = list(table.primary_key)
            wanted = select(table.c.digest, *keys).where(table.c.feed == self._number)
            if worlds and table is PACKAGE:
                wanted = wanted.where(PACKAGE.c.ecosystem.in_(sorted(worlds)))
            seen = self._seen[table]
            gone, total = [], 0
            for row in self._db.execute(wanted):
                total += 1
                if row[0] not in seen:
                    gone.append(tuple(row[1:]))
            if len(gone) > total * SHRINKS and total > SMALL and not insist:
                raise StoreError(
                    N_("the feed now holds {left} records instead of {before}: refused, nothing was changed"),
                    {"left": f"{total - len(gone):,}", "before": f"{total:,}"},
                    N_("look at the feed; --force takes it over as it is"),
                )
            marks = " AND ".join(f"{key.name} = ?" for key in keys)
            _many(self._db, f"DELETE FROM {table.name} WHERE {marks}", gone)  # noqa: S608 - our own names
            self.counts.removed += len(gone)


class Writer:
    """An open store, to be written."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        """`now` is the date of reading."""
        self.connection = connection
        self._now = int(now.timestamp())

    def feed(self, name: str, title: str = "", licence: str = "", address: str = "") -> FeedWriter:
        """Open a feed, known or new."""
        row = self.connection.execute(select(FEED.c.id, FEED.c.newest).where(FEED.c.name == name)).first()
        if row is None:
            highest = self.connection.execute(select(FEED.c.id).order_by(FEED.c.id.desc()).limit(1)).scalar()
            number, newest = (highest or 0) + 1, 0
            self.connection.execute(
                insert(FEED).values(
                    id=number, name=name, title=title, licence=licence, address=address, first_read=self._now, newest=0
                )
            )
        else:
            number, newest = row
            if address:
                self.connection.execute(update(FEED).where(FEED.c.id == number).values(address=address))
        writer = FeedWriter(self.connection, number, self._now)
        writer.newest = newest
        return writer


@contextlib.contextmanager
def writing(place: Place, now: datetime) -> Iterator[Writer]:
    """Open the store for writing; leaving normally makes everything permanent, leaving by an exception nothing.

    Raises:
        StoreError: another update is running, or the store cannot be written.
    """
    try:
        if place.file is not None:
            with only_writer(place.file.with_name(place.file.name + ".lock")), _swapped(place.file) as connection:
                yield Writer(connection, now)
        else:
            with _server(place.url) as connection:
                yield Writer(connection, now)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise StoreError(
            N_("the intelligence store {place} cannot be used: {error}"), {"place": place.shown, "error": reason[:300]}
        ) from error


@contextlib.contextmanager
def _swapped(file: Path) -> Iterator[Connection]:
    aside = file.with_name(f"{file.name}.new")
    try:
        for stale in (aside, aside.with_name(aside.name + "-journal")):
            stale.unlink(missing_ok=True)
        if file.exists():
            shutil.copyfile(file, aside)
        aside.touch(0o600)
        engine = create_engine(f"sqlite+pysqlite:///{aside}", poolclass=NullPool)
        event.listen(engine, "connect", _fast)
        with engine.begin() as connection:
            migrate(connection)
            yield connection
        engine.dispose()
        _compact(aside)
        _flushed(aside)
        aside.replace(file)
    except OSError as error:
        raise StoreError(
            N_("{file} cannot be written: {error}"),
            {"file": file, "error": error.strerror or error},
            N_("choose another place with LAZARETTO_STORE"),
            "usage",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _fast(connection: sqlite3.Connection, _record: object) -> None:
    """The copy is thrown away when anything goes wrong, so it needs no journal."""
    for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-32000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {setting}")


def _compact(file: Path) -> None:
    """Give back the room of many deleted rows and of half-filled pages."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        (free,), (pages,) = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_count")
        )
        connection.execute("PRAGMA journal_mode=DELETE")
        if free * 5 > pages:
            connection.execute("VACUUM")
        connection.execute("PRAGMA optimize")


def _flushed(file: Path) -> None:
    with file.open("rb+") as stream:  # Windows flushes only what may be written
        os.fsync(stream.fileno())


@contextlib.contextmanager
def _server(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            taken = connection.execute(text(f"SELECT pg_try_advisory_xact_lock({_LOCK_KEY})")).scalar()
            if not taken:
                raise StoreError(
                    N_("another update is running; nothing was changed"), {}, N_("wait for it to end and repeat")
                )
            migrate(connection)
            yield connection
    finally:
        engine.dispose()


def migrate(connection: Connection) -> None:
    """Bring the schema up to date; nothing is imported for a store that is."""
    from sqlalchemy import inspect

    if inspect(connection).has_table("alembic_version"):
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if version == HEAD:
            return
        if version is not None and version > HEAD:
            raise StoreError(
                N_("the store was written by a newer version of lazaretto (schema {found}; this one knows {known})"),
                {"found": version, "known": HEAD},
                N_("update lazaretto, or choose another place with LAZARETTO_STORE"),
                "usage",
            )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def forget(writer: Writer, name: str) -> int:
    """Delete a feed and everything that it said; returns the number of facts."""
    number = writer.connection.execute(select(FEED.c.id).where(FEED.c.name == name)).scalar()
    if number is None:
        return 0
    count = 0
    for table in (PACKAGE, INDICATOR, ENTITY, RELATION, SIGHTING, REFERENCE):
        count += writer.connection.execute(delete(table).where(table.c.feed == number)).rowcount
    writer.connection.execute(delete(FEED).where(FEED.c.id == number))
    return count


def _rank(row: Row) -> int:
    """Return how new a wording is: by the date of its last change in the feed, withdrawn before not withdrawn."""
    return int(row[-5]) * 2 + bool(row[-2])


def _key_of(table: Table, row: Row) -> int:
    """Return a number for a row's primary key; two keys with the same number are not to be expected (64 bits)."""
    return hash(row[:2] if table is ENTITY else row[:4])


def _many(connection: Connection, statement: str, parameters: Iterable[Row]) -> int:
    """Execute one of our own statements for many rows; returns the rows that it touched."""
    found = list(parameters)
    if not found:
        return 0
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    return max(0, connection.exec_driver_sql(statement, found).rowcount)
