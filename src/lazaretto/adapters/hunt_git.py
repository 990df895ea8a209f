"""All versions of some files in a git repository's history, on every branch, tag, stash and in the reflogs' heads.

Trees that were seen are not opened again, so the cost is that of what changed. Objects are read by `git_objects`, which
runs no git and follows nothing out of the repository. Everything is bounded; a bound that is reached is a gap.
"""

import re
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from dulwich.objects import parse_tree

from lazaretto.adapters.files import UnreadableError, read_file
from lazaretto.adapters.git_objects import BLOB, COMMIT, TAG, TREE, ObjectError, Objects
from lazaretto.model.finding import Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse.archive_names import decode_name, printable
from lazaretto.parse.blob import Blob

COMMITS = 20_000
TREES = 200_000
BLOBS = 20_000
SECONDS = 10.0
DOCUMENT = 8 << 20
DEPTH = 12
REFS = 20_000
KNOWN = 500_000
_NAME = re.compile(rb"\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b")
_PARENT = re.compile(rb"^parent ([0-9a-f]{40,64})$", re.MULTILINE)
_TIME = re.compile(rb"^committer .{0,1000}> (\d{1,11}) [+-]\d{4}$", re.MULTILINE)
_SKIP = frozenset({b"node_modules", b".git", b"site-packages", b"vendor", b"third_party"})


class Note(Protocol):
    """Takes a gap."""

    def __call__(self, stage: Stage, path: str, reason: Message, *, partial: bool = False) -> None: ...  # noqa: D102


def history(path: str, wanted: Callable[[str], bool], note: Note) -> Iterator[tuple[float, str, Blob]]:
    """Yield (commit time, commit, blob) of every version of every wanted file, in no particular order."""
    folder = Path(path)
    if not (folder / "objects").is_dir():
        return
    heads = list(dict.fromkeys(_heads(folder)))
    if not heads:
        return
    objects = Objects(folder / "objects", DOCUMENT, wide=len(heads[0]) == 64)
    walk = _Walk(objects, wanted, heads)
    try:
        yield from walk.versions()
    except Exception as error:  # noqa: BLE001 - dulwich on a damaged repository
        note(Stage.PARSE, path, Message.of(N_("the history is damaged: {error}"), {"error": type(error).__name__}))
    finally:
        objects.close()
    if walk.full:
        text = N_("only a part of the history was looked at: {n} commits")
        note(Stage.LIMIT, path, Message.of(text, {"n": walk.commits}))
    if walk.lost:
        text = N_("{n} objects of the history are missing or damaged (a shallow clone has not all)")
        note(Stage.READ, path, Message.of(text, {"n": walk.lost}), partial=True)


class _Walk:
    def __init__(self, objects: Objects, wanted: Callable[[str], bool], heads: list[bytes]) -> None:
        self._objects, self._wanted = objects, wanted
        self._queue = deque(heads)
        self._seen = set(heads)
        self._trees: set[tuple[bytes, str]] = set()
        self._blobs: set[tuple[bytes, str]] = set()
        self._known: dict[tuple[str, bytes], str] = {}
        self._until = time.monotonic() + SECONDS
        self.commits = self.lost = 0
        self.full = False

    def versions(self) -> Iterator[tuple[float, str, Blob]]:
        while self._queue:
            if (
                self.commits >= COMMITS
                or len(self._trees) > TREES
                or len(self._blobs) > BLOBS
                or time.monotonic() > self._until
            ):
                self.full = True
                return
            name = self._queue.popleft()
            kind, data = self._get(name)
            if kind == TAG and data.startswith(b"object "):
                self._add(data[7:].split(b"\n", 1)[0])
            if kind != COMMIT:
                continue
            self.commits += 1
            head = data.partition(b"\n\n")[0]
            for parent in _PARENT.findall(head):
                self._add(parent)
            match = _TIME.search(head)
            tree = head[5:].split(b"\n", 1)[0] if head.startswith(b"tree ") else b""
            if tree:
                yield from self._tree(tree, float(match[1]) if match else 0.0, name.decode())

    def _add(self, name: bytes) -> None:
        if name not in self._seen:
            self._seen.add(name)
            self._queue.append(name)

    def _get(self, name: bytes) -> tuple[int, bytes]:
        try:
            return self._objects.get(name)
        except ObjectError:
            self.lost += 1
            return 0, b""

    def _tree(self, root: bytes, at: float, commit: str) -> Iterator[tuple[float, str, Blob]]:
        stack = [(root, "")]
        while stack:
            name, prefix = stack.pop()
            if (name, prefix) in self._trees or len(self._trees) > TREES:
                continue
            self._trees.add((name, prefix))
            kind, data = self._get(name)
            if kind != TREE:
                continue
            for raw, mode, child in parse_tree(data, self._objects.format.oid_length):
                if stat.S_ISDIR(mode):
                    if raw not in _SKIP and prefix.count("/") < DEPTH:
                        stack.append((bytes(child), prefix + printable(decode_name(raw)[0]) + "/"))
                    continue
                path = self._path(prefix, raw) if stat.S_ISREG(mode) else ""
                key = (bytes(child), path)
                if not path or key in self._blobs:
                    continue
                self._blobs.add(key)
                kind, content = self._get(bytes(child))
                if kind == BLOB:
                    yield at, commit, Blob(path, content)

    def _path(self, prefix: str, raw: bytes) -> str:
        """Return the path of a wanted file, else nothing. The same names come again with every commit."""
        found = self._known.get((prefix, raw))
        if found is None:
            path = prefix + printable(decode_name(raw)[0])
            found = path if self._wanted(path) else ""
            if len(self._known) < KNOWN:
                self._known[prefix, raw] = found
        return found


def _heads(folder: Path) -> Iterator[bytes]:
    for name in ("HEAD", "ORIG_HEAD", "FETCH_HEAD", "packed-refs", "logs/HEAD", "logs/refs/stash"):
        yield from _names(folder / name)
    count = 0
    stack = [folder / "refs"]
    while stack and count < REFS:
        try:
            children = sorted(stack.pop().iterdir())
        except OSError:
            continue
        for child in children:
            count += 1
            if child.is_symlink():
                continue
            if child.is_dir():
                stack.append(child)
            else:
                yield from _names(child)


def _names(path: Path) -> Iterator[bytes]:
    try:
        data = read_file(path, 64 << 20)
    except (UnreadableError, ValueError):
        return
    for match in _NAME.finditer(data):
        if match[0].strip(b"0"):
            yield match[0]
