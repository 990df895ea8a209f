"""When this gate first saw a file: the clock for files that their registry gives no date."""

from collections.abc import Sequence
from datetime import datetime

from lazaretto.adapters.gate_store import codec
from lazaretto.adapters.gate_store.database import Run

_FEW = 50
"""So many names are asked for one by one, more by reading the whole project."""


def known(run: Run, ecosystem: str, name: str, filenames: Sequence[str]) -> dict[str, datetime]:
    """Return when files were first seen; a file that never was is left out."""
    keys = {codec.file_key(filename): filename for filename in filenames}
    statement = "SELECT filename, at FROM gate_seen WHERE ecosystem = ? AND name = ?"
    project = [ecosystem, codec.storable(name, 400)]
    if len(keys) <= _FEW:
        marks = ",".join("?" * len(keys))
        found = run.rows(f"{statement} AND filename IN ({marks})", [*project, *keys]) if keys else []
    else:
        found = run.rows(statement, project)
    return {keys[row[0]]: codec.time_of(row[1]) for row in found if row[0] in keys}


def note(run: Run, ecosystem: str, name: str, filenames: Sequence[str], now: datetime) -> dict[str, datetime]:
    """Note that files were seen, unless somebody did before; returns when each was first seen."""
    project = (ecosystem, codec.storable(name, 400))
    run.many(
        "INSERT INTO gate_seen (ecosystem, name, filename, at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (ecosystem, name, filename) DO NOTHING",
        [(*project, codec.file_key(filename), codec.micros(now)) for filename in sorted(filenames)],
    )
    return known(run, ecosystem, name, filenames)
