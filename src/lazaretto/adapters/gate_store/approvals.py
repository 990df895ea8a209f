"""Approvals and the audit trail: rows are added, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from lazaretto.adapters.gate_store import codec, epochs
from lazaretto.adapters.gate_store.database import Run
from lazaretto.model.gate import Approval


@dataclass(frozen=True, slots=True)
class Audit:
    """One line of the audit trail."""

    number: int
    at: datetime
    actor: str
    action: str
    """`approve`, `revoke`, `inputs`, `bump`, `prune`."""
    detail: Mapping[str, str]


_COLUMNS = ", ".join(f"a.{name}" for name in codec.APPROVAL.split(", "))
_ALL = f"SELECT {_COLUMNS}, r.at FROM gate_approval a LEFT JOIN gate_revocation r ON r.approval = a.id"  # noqa: S608


def live(run: Run, now: datetime) -> tuple[Approval, ...]:
    """Return the approvals that hold at `now`."""
    found = run.rows(f"{_ALL} WHERE a.expires > ? AND r.at IS NULL ORDER BY a.created, a.id", [codec.micros(now)])
    return tuple(map(codec.approval_of, found))


def every(run: Run) -> tuple[Approval, ...]:
    """Return all approvals that there ever were, the newest first."""
    return tuple(map(codec.approval_of, run.rows(f"{_ALL} ORDER BY a.created DESC, a.id")))


def add(run: Run, approval: Approval, actor: str, now: datetime) -> bool:
    """Add an approval; False when its id is taken."""
    names = codec.APPROVAL
    marks = ", ".join("?" * len(names.split(", ")))
    row = codec.approval_row(approval, now)
    added = run.one(f"INSERT INTO gate_approval ({names}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING", row)  # noqa: S608
    if not added:
        return False
    detail = {
        "id": approval.id,
        "subject": approval.subject,
        "clauses": " ".join(approval.clauses),
        "reason": approval.reason,
        "owner": approval.owner,
        "expires": approval.expires.isoformat(),
        "team": approval.team,
    }
    audit(run, actor, "approve", detail, now)
    epochs.bump(run)
    return True


def revoke(run: Run, ident: str, actor: str, reason: str, now: datetime) -> bool:
    """Revoke an approval; False when there is none with this id. Revoking twice changes nothing."""
    if not run.rows("SELECT 1 FROM gate_approval WHERE id = ?", [ident]):
        return False
    added = run.one(
        "INSERT INTO gate_revocation (approval, at, by_whom) VALUES (?, ?, ?) ON CONFLICT (approval) DO NOTHING",
        [ident, codec.micros(now), codec.storable(actor, 200)],
    )
    if added:
        audit(run, actor, "revoke", {"id": ident, "reason": reason}, now)
        epochs.bump(run)
    return True


def audit(run: Run, actor: str, action: str, detail: Mapping[str, str], now: datetime) -> None:
    """Add a line to the trail."""
    told = {name: codec.storable(text, 2000) for name, text in detail.items()}
    run.one(
        "INSERT INTO gate_audit (at, actor, action, detail) VALUES (?, ?, ?, ?)",
        [codec.micros(now), codec.storable(actor, 200), action, msgspec.json.encode(told).decode()],
    )


def trail(run: Run, limit: int, after: int) -> tuple[Audit, ...]:
    """Return the trail, newest first; `after`: number of the last line of the page before, 0 = from the top."""
    where = "WHERE id < ?" if after else "WHERE id > ?"
    found = run.rows(
        f"SELECT id, at, actor, action, detail FROM gate_audit {where} ORDER BY id DESC LIMIT ?",  # noqa: S608
        [after, limit],
    )
    return tuple(
        Audit(row[0], codec.time_of(row[1]), row[2], row[3], msgspec.json.decode(row[4], type=dict[str, str]))
        for row in found
    )
