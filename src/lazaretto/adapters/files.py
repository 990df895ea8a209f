# ruff: noqa: PTH112, PTH113, PTH115
"""Folders and files of this machine, read without trusting them.

A tree under examination may hold links to anywhere, pipes that never answer, devices, names that no terminal should
see, and files that change while they are read. Nothing is followed out of the tree, nothing is opened that is not a
regular file, every name is made printable, and whatever was passed over is said.

    walk(root) -> Found ...   regular files, folders in name order
               -> Signal ...  kind `link`: `inside<TAB>TARGET` or `outside<TAB>TARGET`
               -> Gap ...     what could not be read or was not followed
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lazaretto.model.finding import Gap, Signal, Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse.archive_kinds import HEAD_BYTES
from lazaretto.parse.archive_names import printable
from lazaretto.parse.limits import Limits

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_TAIL_BYTES = 22
_ALIASED_FOLDERS = 16
"""Dot folders reached through a link (`.vscode -> other/place`) that are also read under the link's name."""

_GIT_MARKS = frozenset({"HEAD", "objects", "refs"})
_GIT_BULK = frozenset({"refs", "logs", "lfs", "rr-cache", "reftable"})
_GIT_FILES = frozenset({"index", "packed-refs"})
_HEX = frozenset("0123456789abcdef")


class UnreadableError(OSError):
    """A file cannot be read, or is larger than allowed. `gap(path)` says so."""

    def __init__(self, stage: Stage, message: Message) -> None:
        """`message` is the reason of the gap."""
        super().__init__(message.english())
        self.stage = stage
        self.message = message

    def gap(self, path: str) -> Gap:
        """Return the gap for the file that is shown as `path`."""
        return Gap(self.stage, path, self.message)


@dataclass(frozen=True, slots=True)
class Found:
    """One regular file of a tree."""

    path: str
    """Relative to the root, `/` separated, printable."""
    file: str
    """Where it is on this machine."""
    size: int
    head: bytes
    """The first 512 bytes."""
    tail: bytes
    """The last 22 bytes."""


def read_file(path: str | Path, limit: int) -> bytes:
    """Return the content of a regular file of at most `limit` bytes, without following a link at its end.

    Raises:
        UnreadableError: not a regular file, larger than `limit`, gone, or not permitted.
    """
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise _unreadable(error) from error
    try:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise UnreadableError(Stage.READ, Message.of(_SPECIAL, {"kind": _kind(info.st_mode)}))
        if info.st_size > limit:
            raise UnreadableError(Stage.LIMIT, Message.of(N_("larger than {limit} bytes"), {"limit": limit}))
        pieces = []
        left = limit + 1  # it may grow while it is read
        while left > 0 and (piece := os.read(handle, min(left, max(info.st_size, 0) + 1, 1 << 30))):
            pieces.append(piece)
            left -= len(piece)
    except UnreadableError:
        raise
    except OSError as error:
        raise _unreadable(error) from error
    finally:
        os.close(handle)
    if left <= 0:
        raise UnreadableError(Stage.LIMIT, Message.of(N_("larger than {limit} bytes"), {"limit": limit}))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def peek_file(path: str) -> tuple[int, bytes, bytes]:
    """Return size, first 512 and last 22 bytes of a regular file, without following a link at its end.

    Raises:
        UnreadableError: as `read_file`.
    """
    try:
        handle = os.open(path, _FLAGS)
        try:
            info = os.fstat(handle)
            if not stat.S_ISREG(info.st_mode):
                raise UnreadableError(Stage.READ, Message.of(_SPECIAL, {"kind": _kind(info.st_mode)}))
            size = info.st_size
            head = os.read(handle, HEAD_BYTES) if size else b""
            if size > len(head):
                os.lseek(handle, size - _TAIL_BYTES, os.SEEK_SET)
                return size, head, os.read(handle, _TAIL_BYTES)
            return size, head, head[-_TAIL_BYTES:]
        finally:
            os.close(handle)
    except UnreadableError:
        raise
    except OSError as error:
        raise _unreadable(error) from error


def walk(root: str, limits: Limits) -> Iterator[Found | Gap | Signal]:
    """Yield every regular file below `root`, depth first, names in order, and what was passed over.

    Of git's own folders, history is left out: `objects`, `refs`, `logs`, the index. Hooks, configuration and whatever
    does not belong there are yielded. Links that stay inside are read under their own name too when a tool would look
    there: links to files, and dot folders.
    """
    yield from _Walk(os.path.realpath(root), limits).items()


class _Walk:
    def __init__(self, root: str, limits: Limits) -> None:
        self._root = root
        self._limits = limits
        self._outside: list[tuple[str, str]] = []
        self._outside_count = 0
        self._aliases = 0
        self._left_aliases = 0

    def items(self) -> Iterator[Found | Gap | Signal]:
        # A stack of (folder on disk, shown path with a trailing slash or empty, inside git, links still honoured)
        stack: list[tuple[str, str, str, bool]] = [(self._root, "", "", True)]
        while stack:
            folder, shown, git, links = stack.pop()
            if shown.count("/") > self._limits.depth or len(shown) > self._limits.path_chars:
                yield Gap(
                    Stage.LIMIT,
                    shown[: self._limits.path_chars].rstrip("/"),
                    Message.of(N_("its path is too long or too deep")),
                )
                continue
            try:
                with os.scandir(folder) as scan:
                    children = sorted(scan, key=_name)
            except OSError as error:
                yield _unreadable(error).gap(shown.rstrip("/") or ".")
                continue
            if folder.endswith("/.git") or (len(children) > 2 and {child.name for child in children} >= _GIT_MARKS):
                if shown not in ("", ".git/"):  # for the root and its repository the target says so
                    yield _history(shown, within=bool(git))
                git = "git"
            folders: list[tuple[str, str, str, bool]] = []
            for child in children:
                name = child.name
                if git and _git_skips(git, name):
                    continue
                path = shown + (name if name.isprintable() else printable(name))
                try:
                    if child.is_symlink():
                        yield from self._link(child.path, path, links=links, folders=folders)
                    elif child.is_dir(follow_symlinks=False):
                        folders.append((child.path, path + "/", _git_below(git, name), links))
                    elif child.is_file(follow_symlinks=False):
                        yield Found(path, child.path, *peek_file(child.path))
                    else:
                        kind = _kind(child.stat(follow_symlinks=False).st_mode)
                        yield Gap(Stage.READ, path, Message.of(_SPECIAL, {"kind": kind}))
                except UnreadableError as error:
                    yield error.gap(path)
                except OSError as error:
                    yield _unreadable(error).gap(path)
            stack.extend(reversed(folders))
        yield from self._summary()

    def _link(
        self,
        link: str,
        path: str,
        *,
        links: bool,
        folders: list[tuple[str, str, str, bool]],
    ) -> Iterator[Found | Gap | Signal]:
        real = os.path.realpath(link)
        inside = real == self._root or real.startswith(self._root + os.sep)
        if not inside:
            target = printable(os.readlink(link))
            yield Signal("link", f"outside\t{target}", path)
            self._outside_count += 1
            if len(self._outside) < 3:
                self._outside.append((path, target))
            return
        target = printable(os.path.relpath(real, self._root).replace(os.sep, "/"))
        yield Signal("link", f"inside\t{target}", path)
        if not links or "/.bin/" in path or not os.path.lexists(real) or "/.git/objects/" in real:
            return
        if os.path.isdir(real):
            if path.rsplit("/", 1)[-1].startswith("."):
                if self._aliases < _ALIASED_FOLDERS:
                    self._aliases += 1
                    folders.append((real, path + "/", "", False))
                else:
                    self._left_aliases += 1
        elif os.path.isfile(real):
            yield Found(path, real, *peek_file(real))

    def _summary(self) -> Iterator[Gap]:
        if self._outside_count:
            path, target = self._outside[0]
            yield Gap(
                Stage.READ,
                path if self._outside_count == 1 else ".",
                Message.of(
                    N_("{count} links lead outside the folder and were not followed, for instance {path} to {target}"),
                    {"count": self._outside_count, "path": path, "target": target},
                ),
                partial=True,
            )
        if self._left_aliases:
            yield Gap(
                Stage.LIMIT,
                ".",
                Message.of(
                    N_("{count} links to folders were read only where they point to"), {"count": self._left_aliases}
                ),
                partial=True,
            )


def _history(shown: str, *, within: bool) -> Gap:
    """Say that git's history is left out: a remark beside a working tree, but a bare repository is nothing else."""
    path = shown.rstrip("/") or "."
    if within or path.rsplit("/", 1)[-1] == ".git":
        reason = N_("git history (objects, refs, logs): only hooks, configuration and foreign files were read")
        return Gap(Stage.READ, path, Message.of(reason), partial=True)
    return Gap(Stage.READ, path, Message.of(N_("a bare git repository inside the folder: check it by its own path")))


_SPECIAL = N_("not a regular file: {kind}")


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _git_below(git: str, name: str) -> str:
    if not git:
        return ""
    if git == "git" and name == "objects":
        return "objects"
    if git == "objects":
        return "pack" if name == "pack" else "objects-info"
    return "inside"


def _git_skips(git: str, name: str) -> bool:
    """Tell whether a name in one of git's own folders is history. What does not belong there is never skipped."""
    if git == "git":
        return name in _GIT_BULK or name in _GIT_FILES or name.startswith("sharedindex.")
    if git == "objects":
        return len(name) == 2 and set(name) <= _HEX
    if git == "pack":
        return name.startswith(("pack-", "tmp_", "loose-", "multi-pack-index"))
    if git == "objects-info":
        return name in ("packs", "commit-graph", "commit-graphs")
    return name == "index"


def _kind(mode: int) -> str:
    for test, word in (
        (stat.S_ISFIFO, "fifo"),
        (stat.S_ISSOCK, "socket"),
        (stat.S_ISCHR, "character device"),
        (stat.S_ISBLK, "block device"),
        (stat.S_ISDIR, "folder"),
        (stat.S_ISLNK, "link"),
    ):
        if test(mode):
            return word
    return "unknown"


def _unreadable(error: OSError) -> UnreadableError:
    return UnreadableError(
        Stage.READ, Message.of(N_("cannot be read: {error}"), {"error": error.strerror or "unknown"})
    )
