"""The epoch: one counter that every change which may alter a verdict raises.

A change concerns one project (an examination of one of its files) or all of them (an approval, another policy). What is
cached for a project is good as long as the project's own epoch stays the same:

    project epoch = the newest of (last change of this project, last change that may concern all)

Whoever raises the counter holds its row until the end of the transaction, so numbers become visible in their order and
somebody who asks "what since 7?" never misses one.
"""

from dataclasses import dataclass, field

from lazaretto.adapters.gate_store import codec
from lazaretto.adapters.gate_store.database import Run

Project = tuple[str, str]
"""Ecosystem and canonical name."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since an epoch."""

    epoch: int
    general: int
    """Epoch of the last change that may concern every project."""
    projects: dict[Project, int] = field(default_factory=dict)
    """Epochs of the projects that changed by themselves since; empty when everything changed anyway."""


def epoch(run: Run) -> int:
    """Return the counter."""
    return int(run.rows("SELECT epoch FROM gate_state WHERE id = 1")[0][0])


def project_epoch(run: Run, ecosystem: str, name: str) -> int:
    """Return the epoch of the last change that may concern this project."""
    found = run.rows(
        "SELECT s.general, p.epoch FROM gate_state s "
        "LEFT JOIN gate_project p ON p.ecosystem = ? AND p.name = ? WHERE s.id = 1",
        [ecosystem, _stored(name)],
    )
    general, own = found[0]
    return max(int(general), int(own or 0))


def changes(run: Run, since: int) -> Changes:
    """Return what changed after the epoch `since`; one statement, so that it is of one moment."""
    found = run.rows(
        "SELECT s.epoch, s.general, p.ecosystem, p.name, p.epoch FROM gate_state s "
        "LEFT JOIN gate_project p ON p.epoch > ? AND s.general <= ? WHERE s.id = 1",
        [since, since],
    )
    return Changes(found[0][0], found[0][1], {(row[2], row[3]): row[4] for row in found if row[2] is not None})


def bump(run: Run, project: Project | None = None) -> int:
    """Raise the counter for one project, or for all; returns the new epoch."""
    if project is None:
        run.one("UPDATE gate_state SET epoch = epoch + 1, general = epoch + 1 WHERE id = 1")
        return epoch(run)
    run.one("UPDATE gate_state SET epoch = epoch + 1 WHERE id = 1")
    now = epoch(run)
    run.one(
        "INSERT INTO gate_project (ecosystem, name, epoch) VALUES (?, ?, ?) "
        "ON CONFLICT (ecosystem, name) DO UPDATE SET epoch = excluded.epoch",
        [*map(_stored, project), now],
    )
    return now


def note_inputs(run: Run, policy: str, intel: str) -> bool:
    """Note the policy and intelligence that are in force; raises the counter when they differ from the last ones."""
    changed = run.one(
        "UPDATE gate_state SET policy = ?, intel = ?, epoch = epoch + 1, general = epoch + 1 "
        "WHERE id = 1 AND (policy <> ? OR intel <> ?)",
        [policy, intel, policy, intel],
    )
    return changed > 0


def _stored(name: str) -> str:
    return codec.storable(name, 400)
