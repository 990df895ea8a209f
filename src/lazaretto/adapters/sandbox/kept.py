"""Work that is kept: an overlay's upper folder beside nothing of the project, compared with it, and copied back.

    kept_folder(project, environment)    where it is
    changes(kept, project)               what is different
    copy(kept, project, change)          one file to the project

Both trees may hold anything, and links most of all. Every path is walked from an open folder, one name at a time,
never through a link; nothing is written but ordinary files, aside and then put in place.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lazaretto.adapters.sandbox.stage import NOBODY
from lazaretto.model.change import Change, Kind

_MOST_FILES = 100_000
_DEPTH = 64
_PART = 1 << 20
_OPAQUE = "user.overlay.opaque"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
LOOKED = 1 << 20
"""Bytes of a file that are compared at most as text."""


class KeptInUseError(Exception):
    """Another run works in it."""


def kept_folder(project: Path, environment: Mapping[str, str]) -> Path:
    """Return where work on a project is kept."""
    base = environment.get("XDG_STATE_HOME") or f"{environment.get('HOME') or '/nonexistent'}/.local/state"
    name = hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:16]
    return Path(base, "lazaretto", "run", name)


@contextmanager
def opened_kept(project: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """Make the folder when there is none, and keep other runs out of it.

    Raises:
        OSError: it cannot be made.
        KeptInUseError: another run works in it.
    """
    kept = kept_folder(project, environment)
    kept.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (kept / "project").open("a+", encoding="utf-8", errors="surrogateescape") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise KeptInUseError from error
        lock.truncate(0)
        lock.write(str(project.resolve()))
        lock.flush()
        for place in (kept, kept / "upper", kept / "work"):
            place.mkdir(exist_ok=True)
            if os.geteuid() == 0:  # the sandbox of a root is nobody's
                os.chown(place, NOBODY, NOBODY)
        yield kept


def discard(kept: Path) -> None:
    """Remove kept work. Raises OSError."""

    def again(_what: object, path: str, _error: object) -> None:
        # the overlay's own work folder may not be read by its owner
        with contextlib.suppress(OSError):
            Path(path).chmod(0o700)
            Path(path).rmdir() if Path(path).is_dir() else Path(path).unlink()

    shutil.rmtree(kept, onerror=again)


def changes(upper: Path, project: Path, skip: Callable[[str], bool]) -> Iterator[Change]:
    """Yield what is different in the folder `upper`, in the order of names; at most 100,000.

    `skip` says which paths are not looked at, and nothing below them. Raises OSError.
    """
    found = 0
    one, other = os.open(upper, _FOLDER), os.open(project, _FOLDER)
    try:
        for change in _walk(one, other, "", skip, 0):
            found += 1
            if found > _MOST_FILES:
                return
            yield change
    finally:
        os.close(one)
        os.close(other)


def _walk(upper: int, lower: int | None, above: str, skip: Callable[[str], bool], depth: int) -> Iterator[Change]:
    names = sorted(os.listdir(upper))
    if lower is not None and _is_opaque(upper):
        gone = sorted({entry.name for entry in os.scandir(lower)} - {*names})
        yield from (Change(f"{above}{name}", Kind.DELETED) for name in gone if not skip(f"{above}{name}"))
    for name in names:
        path = f"{above}{name}"
        if skip(path):
            continue
        info = os.stat(name, dir_fd=upper, follow_symlinks=False)
        before = _stat(name, lower)
        if stat.S_ISDIR(info.st_mode):
            if depth >= _DEPTH:
                continue
            inner = os.open(name, _FOLDER, dir_fd=upper)
            below = None
            if before is not None and stat.S_ISDIR(before.st_mode) and lower is not None:
                below = os.open(name, _FOLDER, dir_fd=lower)
            try:
                yield from _walk(inner, below, f"{path}/", skip, depth + 1)
            finally:
                os.close(inner)
                if below is not None:
                    os.close(below)
        elif stat.S_ISCHR(info.st_mode) and info.st_rdev == 0:
            if before is not None:
                yield Change(path, Kind.DELETED)
        elif stat.S_ISLNK(info.st_mode):
            yield Change(path, Kind.LINK)
        elif stat.S_ISREG(info.st_mode):
            old = before is not None and stat.S_ISREG(before.st_mode)
            if old and before is not None and lower is not None and before.st_size == info.st_size:
                if _same(upper, lower, name) and not (info.st_mode & ~before.st_mode & 0o7111):
                    continue
            yield Change(path, Kind.CHANGED if old else Kind.ADDED, info.st_size, bool(info.st_mode & 0o7111))
        else:
            yield Change(path, Kind.SPECIAL)


def _is_opaque(folder: int) -> bool:
    try:
        return os.getxattr(folder, _OPAQUE) == b"y"
    except OSError:
        return False


def _stat(name: str, folder: int | None) -> os.stat_result | None:
    if folder is None:
        return None
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None


def _same(one: int, other: int, name: str) -> bool:
    try:
        with (
            os.fdopen(os.open(name, _FILE, dir_fd=one), "rb") as a,
            os.fdopen(os.open(name, _FILE, dir_fd=other), "rb") as b,
        ):
            while part := a.read(_PART):
                if part != b.read(len(part)):
                    return False
            return not b.read(1)
    except OSError:
        return False


@contextmanager
def folder_of(root: Path, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
    """Give the open folder of a path below `root`, and the last name; `make` makes folders that are missing.

    Raises:
        OSError: it is not there, or a link is on the way (ELOOP, ENOTDIR).
    """
    *above, name = path.split("/")
    if not name or any(part in ("", ".", "..") for part in (*above, name)):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
    here = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in above:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, 0o755, dir_fd=here)
            following = os.open(part, _FOLDER, dir_fd=here)
            os.close(here)
            here = following
        yield here, name
    finally:
        os.close(here)


def begin(root: Path, path: str, size: int = LOOKED) -> bytes | None:
    """Return the begin of an ordinary file; None when there is none."""
    try:
        with folder_of(root, path) as (folder, name):
            fd = os.open(name, _FILE, dir_fd=folder)
            with os.fdopen(fd, "rb") as stream:
                return stream.read(size) if stat.S_ISREG(os.fstat(fd).st_mode) else None
    except OSError:
        return None


def target_of(root: Path, path: str) -> str:
    """Return where a symbolic link leads. Raises OSError."""
    with folder_of(root, path) as (folder, name):
        return os.readlink(name, dir_fd=folder)


def copy(upper: Path, project: Path, change: Change, data: bytes | None = None) -> None:
    """Bring one change into the project; `data` takes the place of the file's content.

    Neither set-user-ID bits nor owners are copied; a file becomes executable only when the change says so.

    Raises:
        OSError: it cannot be done, or a link is in the way.
    """
    if change.kind is Kind.SPECIAL:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM), change.path)
    if change.kind is Kind.DELETED:
        with folder_of(project, change.path) as (folder, name):
            os.unlink(name, dir_fd=folder)
        return
    with folder_of(project, change.path, make=True) as (folder, name):
        aside = f".{name[:100]}.lazaretto-{os.getpid()}"
        try:
            if change.kind is Kind.LINK:
                os.symlink(target_of(upper, change.path), aside, dir_fd=folder)
            else:
                _write(upper, change, data, aside, folder)
            os.rename(aside, name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(aside, dir_fd=folder)
            raise


def _write(upper: Path, change: Change, data: bytes | None, aside: str, folder: int) -> None:
    mode = 0o755 if change.executable else 0o644
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with folder_of(upper, change.path) as (source, name):
        fd = os.open(name, _FILE, dir_fd=source)
        with os.fdopen(fd, "rb") as stream, os.fdopen(os.open(aside, flags, mode, dir_fd=folder), "wb") as out:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(errno.EPERM, os.strerror(errno.EPERM), change.path)
            if data is not None:
                out.write(data)
            else:
                shutil.copyfileobj(stream, out, _PART)
            os.fchmod(out.fileno(), mode & ~_umask())


def _umask() -> int:
    now = os.umask(0o022)
    os.umask(now)
    return now
