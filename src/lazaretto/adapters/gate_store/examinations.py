"""Answers of examinations by digest, and leases: at most one examination of a digest at a time, wherever."""

import time
from collections.abc import Iterable, Sequence

from lazaretto.adapters.gate_store import codec, epochs
from lazaretto.adapters.gate_store.database import Run
from lazaretto.model.gate import Examined
from lazaretto.model.verdict import Grade

CHUNK = 500
_COLUMNS = ", ".join(f"e.{name}" for name in codec.EXAMINED.split(", "))


def get(run: Run, keys: Iterable[str]) -> dict[str, Examined]:
    """Return what is known of these digests. Where one leads to several files (SHA-1), the worst answer counts."""
    asked = [key for key in dict.fromkeys(keys) if codec.is_key(key)]
    found: dict[str, Examined] = {}
    direct = [key.removeprefix("sha256:") for key in asked if key.startswith("sha256:")]
    for part in _parts(direct):
        statement = f"SELECT {codec.EXAMINED} FROM gate_examination WHERE sha256 IN ({_marks(part)})"  # noqa: S608
        for row in run.rows(statement, part):
            found[f"sha256:{row[0]}"] = codec.examined_of(row)
    others = [key for key in asked if not key.startswith("sha256:")]
    for part in _parts(others):
        statement = (
            f"SELECT a.alias, {_COLUMNS} FROM gate_alias a JOIN gate_examination e ON e.sha256 = a.sha256 "  # noqa: S608
            f"WHERE a.alias IN ({_marks(part)})"
        )
        for row in run.rows(statement, part):
            examined = codec.examined_of(row[1:])
            known = found.get(row[0])
            if known is None or _badness(examined) > _badness(known):
                found[row[0]] = examined
    return found


def put(run: Run, key: str, examined: Examined, also: Sequence[str], project: epochs.Project | None) -> None:
    """Keep an answer under its SHA-256, `key` and other digests of the same bytes.

    The epoch is raised when a verdict may change by it: anything but a first answer that is complete and found nothing.
    """
    before = run.rows(
        f"SELECT {codec.EXAMINED} FROM gate_examination WHERE sha256 = ?",  # noqa: S608 - our own names
        [examined.sha256],
    )
    columns = codec.EXAMINED.split(", ")
    run.one(
        f"INSERT INTO gate_examination ({codec.EXAMINED}) VALUES ({_marks(columns)}) "  # noqa: S608
        f"ON CONFLICT (sha256) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in columns[1:])}",
        codec.examined_row(examined),
    )
    for alias in dict.fromkeys((key, *also)):
        if codec.is_key(alias) and not alias.startswith("sha256:"):
            run.one(
                "INSERT INTO gate_alias (alias, sha256) VALUES (?, ?) ON CONFLICT (alias, sha256) DO NOTHING",
                [alias, examined.sha256],
            )
    if alters(codec.examined_of(before[0]) if before else None, examined):
        epochs.bump(run, project)


def alters(before: Examined | None, after: Examined) -> bool:
    """Tell whether a verdict may change by an answer."""
    if before is None:
        return after.failed or not after.complete or after.grade > Grade.NOTHING_FOUND
    return _verdict(before) != _verdict(after)


def _verdict(examined: Examined) -> tuple[object, ...]:
    return (
        examined.grade, examined.failed, examined.complete, examined.rules, examined.summary, examined.name,
        examined.version,
    )  # fmt: skip


def _badness(examined: Examined) -> tuple[int, bool, bool]:
    return int(examined.grade), examined.failed, not examined.complete


def lease(run: Run, key: str, owner: str, seconds: float, *, server: bool) -> bool:
    """Take the lease of a digest, or lengthen one's own; False when somebody else has it.

    Time is the database's own where there is a server: clocks of replicas differ.
    """
    now = "CAST(extract(epoch from clock_timestamp()) * 1000000 AS BIGINT)" if server else str(time.time_ns() // 1000)
    taken = run.one(
        f"INSERT INTO gate_lease (key, owner, until) VALUES (?, ?, {now} + ?) "  # noqa: S608 - a number
        "ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, until = excluded.until "
        f"WHERE gate_lease.until <= {now} OR gate_lease.owner = excluded.owner",
        [key, owner, int(seconds * 1_000_000)],
    )
    return taken > 0


def release(run: Run, key: str, owner: str) -> None:
    """Give a lease back; that of somebody else stays."""
    run.one("DELETE FROM gate_lease WHERE key = ? AND owner = ?", [key, owner])


def _parts(items: list[str]) -> Iterable[list[str]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def _marks(items: Sequence[object]) -> str:
    return ",".join("?" * len(items))
