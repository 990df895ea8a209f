"""Projects: every manifest, lockfile and bill of materials that `check` reads, one folder at a time.

    manifest                                        named
    lockfile, bill of materials                     resolved
    record of an installation (conda-meta, ...)     installed

Documents that cannot name anything sought (`Wanted.touches`) are not parsed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from lazaretto.lockfiles.inventory import is_candidate, read_documents
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.parse.blob import Blob
from lazaretto.traces.place import Place, Tree, Wanted, iso, join

_SUFFIXES = (
    ".json",
    ".yaml",
    ".yml",
    ".toml",
    ".lock",
    ".lockb",
    ".txt",
    ".in",
    ".pip",
    ".cfg",
    ".xml",
    ".spdx",
    ".rdf",
    ".mod",
    ".sum",
    ".hcl",
    ".locked",
    ".egg-info",
)
_NAMES = frozenset({"Pipfile", "setup.py"})
RUNGS = {Relation.DECLARED: Rung.NAMED, Relation.LOCKED: Rung.RESOLVED, Relation.INSTALLED: Rung.INSTALLED}
DETAILS = {
    Relation.DECLARED: N_("asked for in a manifest"),
    Relation.LOCKED: N_("resolved in a lockfile"),
    Relation.INSTALLED: N_("recorded as installed"),
}


def may_be_document(name: str) -> bool:
    """Tell fast, by a file's name alone, whether it is worth asking `is_candidate`."""
    return name.endswith(_SUFFIXES) or name in _NAMES or name.lower().endswith((".txt", ".json", ".xml", ".spdx"))


@lru_cache(maxsize=20_000)
def _candidate(folder: str, name: str) -> bool:
    return is_candidate(f"x/{folder}/{name}")


def documents(folder: str, names: Sequence[str]) -> list[str]:
    """Return those names of a folder that some format reads. Installed packages have readers of their own."""
    parent = folder.rpartition("/")[2]
    return [name for name in names if may_be_document(name) and _candidate(parent, name)]


def read_folder(tree: Tree, folder: str, names: Sequence[str], wanted: Wanted) -> Iterator[Trace | Gap]:
    """Yield the sought packages that the documents `names` of a folder name."""
    blobs = []
    touched = False
    for name in names:
        blob = tree.read(join(folder, name))
        if blob is not None:
            blobs.append(blob)
            touched = touched or may_name(blob, wanted)
    if touched:
        yield from of_documents(tree, blobs, wanted, PLACE.id, iso_of=lambda path: iso(tree.time(path)))


def may_name(blob: Blob, wanted: Wanted) -> bool:
    """Tell whether a document may name something sought; escapes and wide encodings are parsed to be sure."""
    return wanted.touches(blob.data) or b"\\u" in blob.data or b"\0" in blob.data[:64]


def of_documents(
    tree: Tree, blobs: Iterable[Blob], wanted: Wanted, place: str, *, iso_of: Callable[[str], str]
) -> Iterator[Trace | Gap]:
    """Yield traces of the sought packages that documents name, and gaps of unreadable ones."""
    inventory = read_documents(
        blobs, lambda path: tree.read(path) if path.startswith("/") or ":/" in path[:4] else None
    )
    locked = {(row.ecosystem, row.name) for row in inventory.packages if row.relation is not Relation.DECLARED}
    for row in inventory.packages:
        if any(wanted.named(row.ecosystem, name) for name in (row.name, row.alias) if name):
            yield trace_of(row, place, iso_of(row.source), locked=(row.ecosystem, row.name) in locked)
    yield from inventory.gaps


def trace_of(row: Package, place: str, at: str, *, locked: bool) -> Trace:
    """Turn one row of an inventory into a trace."""
    rung = RUNGS[row.relation]
    return Trace(
        row.ecosystem,
        row.name,
        row.version,
        rung,
        place,
        row.source,
        row.line,
        at,
        detail=Message.of(DETAILS[row.relation]),
        requirement=row.requirement[:200] if row.relation is Relation.DECLARED else "",
        locked=locked,
    )


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one folder."""
    yield from read_folder(tree, path, documents(path, tree.list(path)[1]), wanted)


PLACE = Place(
    "project",
    N_("projects: manifests, lockfiles, bills of materials"),
    (Rung.NAMED, Rung.RESOLVED, Rung.INSTALLED),
    read,
)
"""The walk asks it for every folder (`walk.py`)."""
