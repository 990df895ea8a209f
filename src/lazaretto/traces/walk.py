"""One walk over a tree: every folder once, every kind of place recognised by its name.

    folder -> a place of its own (`node_modules`, `_cacache`, ...)?  its reader takes it as a whole
           -> documents in it?                                       read together, as a project
           -> files with a known name?                               their readers
           -> folders below                                          the same

The walk can be stopped between two folders; `left` then says where to go on.
"""

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

from lazaretto.model.finding import Gap, Stage
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Trace
from lazaretto.traces import project
from lazaretto.traces.catalog import BY_ID, PLACES
from lazaretto.traces.leftovers import PLACE as LEFTOVERS
from lazaretto.traces.place import Place, Tree, Wanted, join
from lazaretto.traces.project import PLACE as PROJECT

DEPTH = 64
_NEVER = frozenset({"__pycache__", ".hg", ".svn", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox_cache"})
"""Folders that hold copies made by tools, and nothing that a package client or an editor reads."""


def _never() -> bool:
    return False


def _table(
    patterns: Iterable[tuple[str, Place]],
) -> tuple[dict[str, list[tuple[str, Place]]], list[tuple[str, str, Place]]]:
    """Sort patterns into exact names, with the parent they need, and the few with a star."""
    exact: dict[str, list[tuple[str, Place]]] = {}
    starred: list[tuple[str, str, Place]] = []
    for pattern, place in patterns:
        parent, _, name = pattern.rpartition("/")
        if "*" in name:
            starred.append((name, parent, place))
        else:
            exact.setdefault(name, []).append((parent, place))
    return exact, starred


_FOLDERS, _STARRED_FOLDERS = _table((pattern, place) for place in PLACES for pattern in place.folders)
_FILES, _STARRED_FILES = _table((pattern, place) for place in PLACES for pattern in place.files)
_ENDS = tuple(name[1:] for name, _, _ in _STARRED_FILES if name.startswith("*"))
_STARTS = tuple(name[:-1] for name, _, _ in _STARRED_FILES if name.endswith("*"))
_FOLDER_STARTS = tuple(name[:-1] for name, _, _ in _STARRED_FOLDERS)


def folder_place(parent: str, name: str) -> Place | None:
    """Return the place that a folder is, by its own and its parent's name."""
    if name in _FOLDERS:
        for wanted_parent, place in _FOLDERS[name]:
            if not wanted_parent or fnmatchcase(parent, wanted_parent):
                return place
    if name.startswith(_FOLDER_STARTS):
        for pattern, wanted_parent, place in _STARRED_FOLDERS:
            if fnmatchcase(name, pattern) and (not wanted_parent or fnmatchcase(parent, wanted_parent)):
                return place
    return None


def file_place(parent: str, name: str) -> Place | None:
    """Return the place that a file is, by its own and its folder's name."""
    if name in _FILES:
        for wanted_parent, place in _FILES[name]:
            if not wanted_parent or parent == wanted_parent:
                return place
    if name.endswith(_ENDS) or name.startswith(_STARTS):
        for pattern, _, place in _STARRED_FILES:
            if fnmatchcase(name, pattern):
                return place
    return None


class Walker:
    """One walk. Counts are about what was done so far."""

    def __init__(self, tree: Tree, wanted: Wanted, stop: Callable[[], bool] = _never) -> None:
        """`stop()` is asked between two folders."""
        self._tree, self._wanted, self._stop = tree, wanted, stop
        self.left: list[str] = []
        self.counts: dict[str, int] = {}
        self.projects = self.folders = self.files = 0

    def run(self, roots: Iterable[str]) -> Iterator[Trace | Gap]:
        """Walk over folders; a root that is a place by its name is read as one."""
        stack = list(reversed(list(roots)))
        for root in stack:
            if len(stack) == 1 and (place := folder_place(*_names(root))) is not None:
                stack = []
                yield from self.read(place, root)
                break
        while stack:
            if self._stop():
                self.left = list(reversed(stack))
                return
            folder = stack.pop()
            below: list[str] = []
            yield from self._folder(folder, below)
            stack += reversed(below)

    def read(self, place: Place, path: str) -> Iterator[Trace | Gap]:
        """Read one place."""
        if place.accepts is not None and not place.accepts(self._tree, path):
            return
        self.counts[place.id] = self.counts.get(place.id, 0) + 1
        try:
            yield from place.read(self._tree, path, self._wanted)
        except Exception as error:  # noqa: BLE001 - one place must not hide what the others show
            reason = N_("the reader of this place failed: {error}")
            yield Gap(Stage.PARSE, path, Message.of(reason, {"error": f"{type(error).__name__}: {error}"[:200]}))

    def read_as(self, place_id: str, path: str) -> Iterator[Trace | Gap]:
        """Read a place whose kind is known from where it lies."""
        yield from self.read(BY_ID[place_id], path)

    def _folder(self, folder: str, below: list[str]) -> Iterator[Trace | Gap]:
        if folder.count("/") > DEPTH:
            yield Gap(Stage.LIMIT, folder, Message.of(N_("its path is too long or too deep")))
            return
        folders, files = self._tree.list(folder)
        self.folders += 1
        self.files += len(files)
        parent = folder.rpartition("/")[2]
        for name in folders:
            place = folder_place(parent, name)
            if place is not None:
                yield from self.read(place, join(folder, name))
            elif name not in _NEVER:
                below.append(join(folder, name))
        if not files:
            return
        sought = self._wanted.files
        documents = []
        for name in files:
            if project.may_be_document(name):
                documents.append(name)
            place = file_place(parent, name)
            if place is not None:
                yield from self.read(place, join(folder, name))
            if sought and name.lower() in sought:
                yield from self.read(LEFTOVERS, join(folder, name))
        documents = project.documents(folder, documents) if documents else documents
        if documents:
            self.projects += 1
            self.counts[PROJECT.id] = self.counts.get(PROJECT.id, 0) + len(documents)
            yield from project.read_folder(self._tree, folder, documents, self._wanted)


def _names(path: str) -> tuple[str, str]:
    before, _, name = path.rstrip("/").rpartition("/")
    return before.rpartition("/")[2], name
