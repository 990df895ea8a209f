"""What programs wrote inside, so that it can be examined like any other file. Nothing of it is run, here or there.

    files that a program wrote, moved or linked, as they are when the command has ended
    files that were deleted meanwhile, as they were just before                               kept by `look.py`
    files in memory that were run                                                             kept by `look.py`
    code on the command line of an interpreter                                                kept by `look.py`

What package clients write where they keep packages is not in it: packages are examined by the registry firewall.
"""

import hashlib
import itertools
import os
import posixpath
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lazaretto.adapters.sandbox import kernel
from lazaretto.model.behaviour import Action, Record

MOST_FILES, MOST_BYTES = 2000, 64 << 20
MOST_ONE = 8 << 20
_CODE = {"node": "js", "bun": "js", "deno": "js", "python": "py", "sh": "sh", "bash": "sh", "dash": "sh", "zsh": "sh"}
_INLINE = frozenset({"-e", "-c", "-p", "--eval", "--print"})
_SHORT = 80
"""Characters of code up to which it is a question for a version or a path."""


@dataclass(frozen=True, slots=True)
class Written:
    """One file."""

    path: str
    """Inside."""
    content: bytes


@dataclass(slots=True)
class Kept:
    """What was taken while the command ran, within bounds."""

    files: dict[str, bytes] = field(default_factory=dict)
    known: set[bytes] = field(default_factory=set)
    """Digests of their contents."""
    size: int = 0
    left: int = 0
    """How many were not taken."""

    def room(self) -> bool:
        """Tell whether one more may be taken; counts it as left out otherwise."""
        if len(self.files) < MOST_FILES and self.size < MOST_BYTES:
            return True
        self.left += 1
        return False

    def take(self, path: str, content: bytes) -> None:
        """Keep a file; another one of the same path gets a name of its own."""
        digest = hashlib.sha256(content).digest()
        if content and digest not in self.known:
            self.known.add(digest)
            self.files[f"{path}~{len(self.files)}" if path in self.files else path] = content
            self.size += len(content)


def collect(record: Record, kept: Kept, folder: Callable[[str], int]) -> tuple[tuple[Written, ...], int]:
    """Return what was written, and how many files are left out.

    Args:
        record: of the command.
        kept: what was taken meanwhile.
        folder: opens `project` (what was changed in it), `home`, `tmp` or `shm`. Raises OSError.
    """
    roots = ((f"{record.project}/", "project"), ("/tmp/", "tmp"), ("/dev/shm/", "shm"), (f"{record.home}/", "home"))  # noqa: S108 - paths inside
    opened: dict[str, int] = {}
    try:
        for path in _paths(record):
            prefix, name = next(((prefix, name) for prefix, name in roots if path.startswith(prefix)), ("", ""))
            if not name:
                continue
            if name not in opened:
                opened[name] = _opened(folder, name)
            if opened[name] >= 0:
                _take(opened[name], path.removeprefix(prefix), prefix, kept)
    finally:
        for fd in opened.values():
            if fd >= 0:
                os.close(fd)
    return tuple(Written(path, content) for path, content in kept.files.items()), kept.left


def _opened(folder: Callable[[str], int], name: str) -> int:
    try:
        return folder(name)
    except OSError:
        return -1


def _paths(record: Record) -> Iterator[str]:
    told: set[str] = set()
    for event in record.events:
        if event.action is Action.WRITE and event.target not in told and event.target not in record.decoys:
            told.add(event.target)
            yield event.target


def _take(root: int, path: str, prefix: str, kept: Kept) -> None:
    """Take a file, or what lies in a folder that was moved into its place. Links are not followed."""
    try:
        fd = kernel.open_beneath(root, path or ".", os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return  # gone, a link, a socket
    kind = os.fstat(fd).st_mode
    if stat.S_ISDIR(kind):
        below = _below(fd)
        os.close(fd)
        for name in below:
            if kept.left:
                return
            _take(root, posixpath.join(path, name), prefix, kept)
        return
    with open(fd, "rb") as stream:  # noqa: PTH123 - a descriptor
        if stat.S_ISREG(kind) and kept.room():
            kept.take(prefix + path, stream.read(MOST_ONE))


def _below(fd: int) -> list[str]:
    try:
        return sorted(os.listdir(fd))[:MOST_FILES]  # a descriptor
    except OSError:
        return []


def inline(path: str, argv: Sequence[str]) -> tuple[str, str] | None:
    """Return the end of a file's name and the code, when an interpreter was given code as an argument."""
    name = posixpath.basename(path).rstrip("0123456789.")
    if name not in _CODE:
        return None
    for word, code in itertools.pairwise(argv):
        if word in _INLINE and len(code) >= _SHORT:
            return f"{name}.{_CODE[name]}", code
    return None
