"""The decision log: rows are added and, after their time, deleted; a million of them answer within 50 ms.

Counting reads `tally`, which is kept by minute, hour and day in the transaction that writes the log.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from lazaretto.adapters.gate_store import codec
from lazaretto.adapters.gate_store.database import Run
from lazaretto.model.gate import Decided
from lazaretto.model.verdict import Outcome

MINUTE, HOUR, DAY = 60, 3600, 86400
MINUTES_KEPT = 48 * HOUR
"""Counts since an earlier moment begin at a full hour."""
BATCHES_KEPT = 24 * HOUR
"""A batch that is sent again within this time (seconds) is not written twice."""
PRUNED_AT_ONCE = 5000
FEW = 5000
"""So many decisions are sorted in a few milliseconds."""
_COLUMNS = codec.DECIDED.split(", ")


@dataclass(frozen=True, slots=True)
class Query:
    """Which decisions are wanted; empty = no condition."""

    since: datetime | None = None
    """From then on."""
    until: datetime | None = None
    """Before then."""
    outcome: Outcome | None = None
    clause: str = ""
    purl: str = ""
    """Beginning of a package URL; `pkg:npm/name@` are the versions of one project."""
    case: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some decisions, newest first."""

    decisions: tuple[Decided, ...]
    after: str
    """Where the next page goes on; empty = this is the last."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many decisions were alike."""

    outcome: Outcome
    would: Outcome
    clause: str
    number: int


def log(run: Run, rows: Sequence[codec.Row], now: datetime) -> int:
    """Write a batch; returns how many were written: 0 when this very batch was already."""
    ident = hashlib.blake2b(msgspec.msgpack.encode(rows), digest_size=16).digest()
    new = run.one(
        "INSERT INTO gate_batch (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", [ident, codec.micros(now)]
    )
    if not new:
        return 0
    marks = ", ".join("?" * len(_COLUMNS))
    run.many(f"INSERT INTO gate_decision ({codec.DECIDED}) VALUES ({marks})", rows)  # noqa: S608 - our own names
    tallies: Counter[tuple[int, int, int, int, str]] = Counter()
    for row in rows:
        second = row[0] // 1_000_000
        for span in (MINUTE, HOUR, DAY):
            tallies[span, second // span * span, row[9], row[10], row[11]] += 1
    run.many(
        "INSERT INTO gate_tally (span, slot, outcome, would, clause, number) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (span, slot, outcome, would, clause) DO UPDATE SET number = gate_tally.number + excluded.number",
        [(*key, number) for key, number in sorted(tallies.items())],  # in order: no deadlock between replicas
    )
    return len(rows)


def find(run: Run, query: Query, limit: int, after: str) -> Page:
    """Return decisions, newest first."""
    where: list[str] = []
    values: list[object] = []

    def condition(text: str, *parameters: object) -> None:
        where.append(text)
        values.extend(parameters)

    if query.since is not None:
        condition("at >= ?", codec.micros(query.since))
    if query.until is not None:
        condition("at < ?", codec.micros(query.until))
    for text, parameters in _conditions(run, query):
        condition(text, *parameters)
    if after:
        at, number = _cursor(after)
        condition("(at < ? OR (at = ? AND id < ?)) AND at <= ?", at, at, number, at)
    # the inner query is answered by an index alone
    found = run.rows(
        f"SELECT {codec.DECIDED}, id FROM gate_decision WHERE id IN (SELECT id FROM (SELECT id FROM gate_decision "  # noqa: S608
        f"{'WHERE ' if where else ''}{' AND '.join(where)} ORDER BY at DESC, id DESC LIMIT ?) wanted) "
        "ORDER BY at DESC, id DESC",
        [*values, limit + 1],
    )
    more = len(found) > limit
    found = found[:limit]
    return Page(
        tuple(codec.decided_of(row[:-1]) for row in found), f"{found[-1][0]}-{found[-1][-1]}" if more and found else ""
    )


def _conditions(run: Run, query: Query) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield conditions, of which only the most selective may use its index.

    All indices go on with the time, so one that is used needs no sorting; the others are kept from being used by an
    expression around their column, since a database without statistics takes any. Few decisions on a beginning of
    package URLs are sorted after all; of many (a whole ecosystem) the newest are found sooner by time.
    """
    free = True
    if query.purl:
        first = codec.storable(query.purl, 800)
        beyond = first + "\U0010ffff"
        few = "SELECT 1 AS one FROM gate_decision WHERE purl >= ? AND purl < ? LIMIT ?"
        ((number,),) = run.rows(f"SELECT count(*) FROM ({few}) AS few", [first, beyond, FEW])  # noqa: S608
        free = number >= FEW
        column = "(purl || '')" if free else "purl"
        yield f"{column} >= ? AND {column} < ?", (first, beyond)
    for column, text in (("case_id", query.case), ("clause", query.clause)):
        if text:
            # the second condition is what the partial index was made for
            yield (
                (f"{column} = ? AND {column} <> ''" if free else f"({column} || '') = ?"),
                (codec.storable(text, 200),),
            )
            free = False
    if query.outcome is not None:
        indexed = free and query.outcome > Outcome.ALLOW
        yield ("outcome = ? AND outcome > 0" if indexed else "outcome + 0 = ?"), (int(query.outcome),)
        free = free and not indexed
    if query.team:
        text = codec.storable(query.team, 200)
        yield ("team = ? AND team <> ''" if free else "(team || '') = ?"), (text,)


def _cursor(after: str) -> tuple[int, int]:
    at, _, number = after.partition("-")
    try:
        return int(at), int(number)
    except ValueError:
        return 0, 0


def last(run: Run, purl: str, limit: int) -> tuple[Decided, ...]:
    """Return the last decisions on one version."""
    found = run.rows(
        f"SELECT {codec.DECIDED} FROM gate_decision WHERE purl = ? ORDER BY at DESC, id DESC LIMIT ?",  # noqa: S608
        [codec.storable(purl, 800), limit],
    )
    return tuple(map(codec.decided_of, found))


def counts(run: Run, since: datetime | None, now: datetime) -> tuple[Tally, ...]:
    """Return the numbers of decisions since the beginning of the minute of `since`; of its hour when it is long ago."""
    if since is None:
        first = 0
    else:
        second = codec.micros(since) // 1_000_000
        recent = second > codec.micros(now) // 1_000_000 - MINUTES_KEPT + HOUR
        first = second // MINUTE * MINUTE if recent else second // HOUR * HOUR
    hours, days = (-(-first // span) * span for span in (HOUR, DAY))
    part = "SELECT outcome, would, clause, number FROM gate_tally WHERE span = ? AND slot >= ? AND slot < ?"
    found = run.rows(
        f"SELECT outcome, would, clause, sum(number) FROM ({part} UNION ALL {part} UNION ALL {part}) AS parts "  # noqa: S608
        "GROUP BY outcome, would, clause ORDER BY outcome DESC, sum(number) DESC, clause",
        [MINUTE, first, hours, HOUR, hours, days, DAY, days, 1 << 60],
    )
    return tuple(Tally(Outcome(row[0]), Outcome(row[1]), row[2], int(row[3])) for row in found)


def keep_from(run: Run, before: datetime) -> None:
    """Allow the deletion of what is older."""
    moment = codec.micros(before)
    run.one("UPDATE gate_state SET kept_from = ? WHERE id = 1 AND kept_from < ?", [moment, moment])


def prune(run: Run, before: datetime) -> int:
    """Delete some decisions that are older; returns how many, 0 = no more are left."""
    return run.one(
        "DELETE FROM gate_decision WHERE id IN (SELECT id FROM gate_decision WHERE at < ? ORDER BY at LIMIT ?)",
        [codec.micros(before), PRUNED_AT_ONCE],
    )


def prune_rest(run: Run, before: datetime, now: datetime) -> None:
    """Delete the counts of days that are older as a whole, and what nobody asks for any more."""
    present = codec.micros(now) // 1_000_000
    run.one("DELETE FROM gate_tally WHERE slot < ?", [codec.micros(before) // 1_000_000 // DAY * DAY])
    run.one("DELETE FROM gate_tally WHERE span = 60 AND slot < ?", [present - MINUTES_KEPT])
    for statement in ("DELETE FROM gate_batch WHERE at < ?", "DELETE FROM gate_lease WHERE until < ?"):
        run.one(statement, [(present - BATCHES_KEPT) * 1_000_000])
