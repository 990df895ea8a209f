"""What a kind of place is, and what its reader may ask for.

A place is one module with one `PLACE` (or `PLACES`), and one line in `traces/catalog.py`. Readers are pure: they see
the machine, or a layer of an image, through `Tree`, and they see what is sought through `Wanted`.

    read(tree, path, wanted) -> Trace ... | Gap ...

`path` is the folder or the file that the walk came to. A reader may give traces of anything; what is not sought is
dropped afterwards, so asking `wanted` first is only a matter of speed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from lazaretto.model.finding import Gap, Stage
from lazaretto.model.text import Message
from lazaretto.model.trace import Reason, Rung, Trace
from lazaretto.parse.blob import Blob

DOCUMENT = 24 << 20
"""Bytes of one document."""
SMALL = 1 << 20


@dataclass(frozen=True, slots=True)
class Mark:
    """A sought value in some bytes."""

    kind: str
    value: str
    offset: int
    count: int = 1


class Wanted(Protocol):
    """What is sought, and why."""

    @property
    def files(self) -> frozenset[str]:
        """Names of files, lower case, that are sought wherever they lie."""

    def touches(self, data: bytes) -> bool:
        """Tell fast whether the bytes may name a sought package: if not, a document need not be parsed."""

    def named(self, world: str, name: str) -> bool:
        """Tell whether a package of this name is sought, whatever its version."""

    def marks(self, data: bytes) -> Iterator[Mark]:
        """Yield sought addresses, hosts, accounts, paths in a text, each value once."""

    def digest(self, data: bytes) -> str:
        """Return the recorded digest that these bytes have (SHA-256 or MD5), or the empty text."""

    def judge(self, trace: Trace) -> Reason | None:
        """Tell why this trace is a hit; None when it is not."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a container image."""

    root: str
    """Path of its tree: `IMAGE!/LAYER`."""
    tree: "Tree | None"
    """None when the layer is empty or could not be read (a gap says so)."""
    removed: frozenset[str] = frozenset()
    """What it takes away from those below, relative paths."""
    command: str = ""
    """The command of the build that made it."""
    at: str = ""


class Tree(Protocol):
    """Folders and files, seen without touching them. Paths are absolute and `/` separated.

    What cannot be read gives an empty answer, and the tree keeps a gap of its own about it.
    """

    def list(self, path: str) -> tuple[Sequence[str], Sequence[str]]:
        """Return names of folders and of regular files, sorted; links are in neither."""

    def read(self, path: str, limit: int = DOCUMENT) -> Blob | None:
        """Return a file; None when it is not there, no regular file, too large or not permitted."""

    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield a text file in pieces that end with a line, unpacked when it is compressed (gzip)."""

    def time(self, path: str) -> float:
        """Return when a file or folder was last changed, in seconds since 1970; 0 when not known."""

    def has(self, path: str) -> bool:
        """Tell whether a file or folder is there; says nothing when it is not."""

    def rows(self, path: str, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield key and value of an editor's `ItemTable` (SQLite)."""

    def is_image(self, path: str) -> bool:
        """Tell whether a file is a container image."""

    def layers(self, path: str) -> Iterator[Layer]:
        """Yield the layers of a container image, the lowest first; nothing for what is no image."""

    def history(self, path: str, wanted: Callable[[str], bool]) -> Iterator[tuple[float, str, Blob]]:
        """Yield (commit time, commit, blob) of every version of the wanted paths in a git folder's history."""


Read = Callable[[Tree, str, Wanted], Iterable[Trace | Gap]]


def _nowhere() -> Mapping[str, tuple[str, ...]]:
    return {}


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of place."""

    id: str
    """Kebab-case."""
    title: str
    """What a person calls it."""
    proves: tuple[Rung, ...]
    read: Read
    folders: tuple[str, ...] = ()
    """Names of folders that it reads as a whole, the walk stays out; `x*` is a beginning, `a/b` is `b` within `a`."""
    files: tuple[str, ...] = ()
    """Names of files that it reads; `*x` is an end, `x*` a beginning."""
    accepts: Callable[[Tree, str], bool] | None = None
    """Looks closer where a name does not tell enough; None: the name is enough."""
    locations: Mapping[str, tuple[str, ...]] = field(default_factory=_nowhere)
    """Usual locations by system (`linux`, `macos`, `windows`); `{home}`, `{cache}`, ... and `$VARIABLE`; see
    `hosts.py`. Empty: such places are found by walking only."""


def iso(seconds: float) -> str:
    """Return seconds since 1970 as ISO 8601 in UTC; empty for what is no sensible time."""
    if not 1e8 < seconds < 4.2e9:
        return ""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")


def join(folder: str, name: str) -> str:
    """Join a folder and a name."""
    return folder + name if folder.endswith("/") else f"{folder}/{name}"


def base(path: str) -> str:
    """Return the last part."""
    return path.rpartition("/")[2]


def partly(path: str, template: str, params: Mapping[str, object] | None = None) -> Gap:
    """Return the gap for a part of a place that was not understood."""
    return Gap(Stage.PARSE, path, Message.of(template, params), partial=True)


def unread(path: str, template: str, params: Mapping[str, object] | None = None) -> Gap:
    """Return the gap for a place that could not be looked at."""
    return Gap(Stage.READ, path, Message.of(template, params))
