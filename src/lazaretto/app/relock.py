"""Lockfiles turned to the gate for one run, and turned back afterwards: also after Ctrl-C, and after a crash.

    plan(folder, base)                  what would change; `diff` prints it
    with relocked(folder, base, ...):   turned, and returned at the end: byte for byte, if the client left them alone
    recover(state)                      what a run that was killed left turned

What stood there is written to a journal outside the project before anything is changed.
"""

import base64
import hashlib
import json
import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

from lazaretto.lockfiles.rewrite import Origins, is_lock, returned, turned
from lazaretto.model.text import N_, Message

LARGEST = 64 << 20
"""Bytes of one lockfile."""
KEPT = 0
"""In place of a process id: what was turned for good belongs to no process."""
_MOST = 200
"""Files of one folder that are looked at."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One file whose addresses are turned."""

    path: Path
    before: bytes
    after: bytes
    pairs: tuple[tuple[str, str], ...]
    """(as it was, as it is now)."""
    count: int


@dataclass(frozen=True, slots=True)
class Relocked:
    """What was turned."""

    rewrites: tuple[Rewrite, ...]
    journal: Path | None = None


def plan(folder: Path, base_url: str, places: Sequence[Path] = ()) -> tuple[Rewrite, ...]:
    """Return what turning the lockfiles and requirements of `folder` (and of `places`) to `base_url` changes."""
    found = []
    for path in _locks(folder, places):
        data = _read(path)
        turn = turned(path.name, data, base_url.rstrip("/")) if data is not None else None
        if data is not None and turn is not None and turn.count:
            found.append(Rewrite(path, data, turn.data, turn.pairs, turn.count))
    return tuple(found)


def diff(rewrites: Sequence[Rewrite], folder: Path) -> str:
    """Return a unified diff. Untrusted text."""
    rows: list[str] = []
    for one in rewrites:
        name = os.path.relpath(one.path, folder)
        old, new = (data.decode("utf-8", "replace").splitlines(keepends=True) for data in (one.before, one.after))
        rows += unified_diff(old, new, f"a/{name}", f"b/{name}", n=0)
    return "".join(row if row.endswith("\n") else f"{row}\n" for row in rows)


@contextmanager
def relocked(
    folder: Path,
    base_url: str,
    state: Path | None = None,
    origins: Origins | None = None,
    *,
    places: Sequence[Path] = (),
    rewrite: bool = True,
    say: list[Message] | None = None,
) -> Iterator[Relocked]:
    """Turn for the time of the context. `state` holds the journal (None = no journal, nothing survives a crash).

    Afterwards every lockfile is made free of the gate's address, also one that the client has written anew;
    `origins` says where such packages come from. What stays is said in `say`. Without `rewrite` only this is done.

    Raises:
        OSError: a file cannot be written; what was turned already is turned back.
    """
    base, origins = base_url.rstrip("/"), _with_sources(folder, origins or Origins())
    notes = say if say is not None else []
    rewrites = plan(folder, base, places) if rewrite else ()
    journal = _journal(state, folder, base, rewrites) if state is not None and rewrites else None
    try:
        for one in rewrites:
            _replace(one.path, one.after)
        yield Relocked(rewrites, journal)
    finally:
        known = {one.path: (one.before, one.after, {new: old for old, new in one.pairs}) for one in rewrites}
        for path in dict.fromkeys([*known, *_locks(folder, places)]):
            before, after, pairs = known.get(path, (b"", b"", {}))
            _restore(path, before, after, base, pairs, origins, notes)
        if journal is not None:
            journal.unlink(missing_ok=True)


def keep(folder: Path, base_url: str, state: Path, rewrites: Sequence[Rewrite]) -> None:
    """Turn lockfiles for good; `recover(..., kept=True)` turns them back.

    Raises:
        OSError: a file cannot be written.
    """
    if not rewrites:
        return
    _journal(state, folder, base_url.rstrip("/"), rewrites, owner=KEPT)
    for one in rewrites:
        _replace(one.path, one.after)


def recover(state: Path, folder: Path | None = None, *, kept: bool = False) -> tuple[Message, ...]:
    """Turn back what runs that were killed left turned; of `folder` only, if given. Return what was done.

    `kept`: also what was turned for good.
    """
    notes: list[Message] = []
    for path in sorted(state.glob("relock-*.json")):
        try:
            row = json.loads(path.read_bytes())
            where, owner = Path(row["folder"]), int(row["pid"])
            files = [(Path(f["path"]), base64.b64decode(f["before"]), base64.b64decode(f["after"]), dict(f["pairs"]))
                     for f in row["files"]]  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError):
            notes.append(Message.of(N_("{path} is not a journal that can be read"), {"path": path}))
            continue
        busy = not kept if owner == KEPT else owner != os.getpid() and _alive(owner)
        if (folder is not None and where != folder.resolve()) or busy:
            continue
        for file, before, after, pairs in files:
            _restore(file, before, after, row["base"], pairs, _with_sources(where, Origins()), notes)
            notes.append(Message.of(N_("{path} was left pointing to the gate; it is as before"), {"path": file}))
        path.unlink(missing_ok=True)
    return tuple(notes)


def _restore(
    path: Path, before: bytes, after: bytes, base: str, pairs: Mapping[str, str], origins: Origins, notes: list[Message]
) -> None:
    data = _read(path)
    if data is None or base.encode() not in data:
        return
    if data == after:
        _replace(path, before)
        return
    back, left = returned(path.name, data, base, pairs, origins)
    if back != data:
        _replace(path, back)
    if left:
        template = N_(
            "{path}: {count} addresses still point to the gate; make the lockfile again with your own registry"
        )
        notes.append(Message.of(template, {"path": path, "count": left}))


def _locks(folder: Path, places: Sequence[Path]) -> list[Path]:
    """Return regular files only: a link could lead anywhere."""
    found: list[Path] = []
    for place in (folder.resolve(), *(one.resolve() for one in places)):
        with suppress(OSError):
            names = sorted(entry.name for entry in os.scandir(place) if entry.is_file(follow_symlinks=False))
            found += [place / name for name in names if is_lock(name)][:_MOST]
    return list(dict.fromkeys(found))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError:
        return None


def _replace(path: Path, data: bytes) -> None:
    """Replace a file whole, its permissions kept; never half of it."""
    mode = path.stat().st_mode & 0o7777
    handle, name = tempfile.mkstemp(prefix=".lazaretto-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _journal(state: Path, folder: Path, base: str, rewrites: Sequence[Rewrite], owner: int | None = None) -> Path:
    where = folder.resolve()
    owner = os.getpid() if owner is None else owner
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256(f"{where}\n{owner}".encode()).hexdigest()
    path = state / f"relock-{digest[:16]}.json"
    files = [
        {
            "path": str(one.path),
            "before": base64.b64encode(one.before).decode(),
            "after": base64.b64encode(one.after).decode(),
            "pairs": [[new, old] for old, new in one.pairs],
        }
        for one in rewrites
    ]
    row = {"folder": str(where), "base": base, "pid": owner, "files": files}
    path.touch(mode=0o600)
    _replace(path, json.dumps(row).encode())
    return path


def _with_sources(folder: Path, origins: Origins) -> Origins:
    """Add the names of the project's Poetry sources."""
    try:
        rows = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["tool"]["poetry"]["source"]
        sources = {str(row["name"]): str(row["url"]) for row in rows if "url" in row}
    except (OSError, ValueError, KeyError, TypeError):
        return origins
    return replace(origins, sources={**sources, **origins.sources})


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
