"""The pinned table of ATT&CK technique ids (`data/attack-techniques.tsv`, made by `tools/build_attack_table.py`).

Ids that a newer version revoked stay in the table with their successor, so that an old report is still understood.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Technique:
    """One row."""

    id: str
    name: str
    """Of a sub-technique its own name, without its parent's."""
    tactics: tuple[str, ...]
    state: str = ""
    """`` (current), `revoked`, `deprecated`."""
    successor: str = ""
    """The id that replaces a revoked one."""


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of one version."""

    version: str
    source: str
    techniques: dict[str, Technique]
    old_ids: dict[str, tuple[str, ...]]
    """Current id -> ids that it replaces."""

    def current(self, technique_id: str) -> Technique | None:
        """Return what an id means today: itself, or its successor; None for an unknown id."""
        found = self.techniques.get(technique_id)
        for _ in range(4):  # successors of successors
            if found is None or not found.successor:
                return found
            found = self.techniques.get(found.successor)
        return found

    def full_name(self, technique_id: str) -> str:
        """Return the name with its parent's before it: `Supply Chain Compromise: Compromise Software Supply Chain`."""
        found = self.techniques.get(technique_id)
        if found is None:
            return ""
        parent = self.techniques.get(technique_id.partition(".")[0]) if "." in technique_id else None
        return f"{parent.name}: {found.name}" if parent else found.name


@cache
def table() -> Table:
    """Read the table, once."""
    text = (files("lazaretto.intel") / "data" / "attack-techniques.tsv").read_text(encoding="utf-8")
    head: dict[str, str] = {}
    rows: dict[str, Technique] = {}
    old: dict[str, list[str]] = {}
    for line in text.splitlines():
        cells = line.split("\t")
        if line.startswith("#"):
            head[cells[0].strip("# ")] = cells[1]
            continue
        row = Technique(cells[0], cells[1], tuple(filter(None, cells[2].split(","))), cells[3], cells[4])
        rows[row.id] = row
        if row.successor:
            old.setdefault(row.successor, []).append(row.id)
    return Table(head["attack"], head["source"], rows, {key: tuple(sorted(ids)) for key, ids in old.items()})
