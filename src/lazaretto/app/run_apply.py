"""`run apply`: what was worked out in the sandbox, reviewed, and copied back file by file.

An ordinary file is copied when the person says yes once. Whatever would act by itself outside (hooks, editor tasks,
lifecycle scripts, package clients' settings, links, programs) is copied only when it is named. Sockets, devices and
pipes never are.
"""

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lazaretto.adapters.sandbox.kept import LOOKED, begin, changes, copy, discard, kept_folder, target_of
from lazaretto.adapters.upstreams import found_upstreams
from lazaretto.app.run_clients import BASE
from lazaretto.lockfiles.rewrite import Origins, is_lock, returned, turned
from lazaretto.model.change import Change, Kind, Review
from lazaretto.model.text import N_, Message
from lazaretto.parse.documents import as_mapping

_GENERATED = frozenset({"node_modules", ".venv", "venv", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"})
_ACTS = frozenset(
    {
        *("setup.py", "setup.cfg", "conftest.py", "sitecustomize.py", "usercustomize.py", "binding.gyp", "makefile"),
        *("bunfig.toml", "pip.conf", "uv.toml", "dockerfile", "compose.yaml", "docker-compose.yml", "vagrantfile"),
    }
)
_HIDDEN = Message.of(N_("editors, git and package clients obey such files"))
_LIFECYCLE = Message.of(N_("its scripts run when it is installed, and they are not as before"))
_BUILD = Message.of(N_("its build backend runs when it is installed, and it is not as before"))
_STARTS = Message.of(N_("it runs by itself outside"))
_PROGRAM = Message.of(N_("it is a program"))
_LINK = Message.of(N_("it is a link that stays within the project"))
_LINK_OUT = Message.of(N_("it is a link that leads out of the project; it is never copied"))
_SPECIAL = Message.of(N_("it is no file; it is never copied"))


class NothingKeptError(Exception):
    """There is no work of this project. `message` is for the user; exit code 2."""

    def __init__(self, path: str) -> None:
        """`path`: of the project."""
        self.message = Message.of(N_("nothing is kept of {path}"), {"path": path})
        self.hint = Message.of(N_("`lazaretto run --edit` keeps work"))
        super().__init__(self.message.english())


@dataclass(frozen=True, slots=True)
class Kept:
    """Work on one project."""

    project: Path
    folder: Path
    changes: tuple[Change, ...]
    generated: int
    """Changes below folders that tools make (`node_modules`); they are not looked at."""

    @property
    def upper(self) -> Path:
        """Where the changed files are."""
        return self.folder / "upper"


def kept_work(path: str, environment: Mapping[str, str]) -> Kept:
    """Compare what is kept with the project.

    Raises:
        NothingKeptError: nothing is.
        OSError: it cannot be read.
    """
    project = Path(path).resolve()
    folder = kept_folder(project, environment)
    if not (folder / "upper").is_dir() or not project.is_dir():
        raise NothingKeptError(path)
    generated = 0

    def skip(name: str) -> bool:
        nonlocal generated
        if posixpath.basename(name) in _GENERATED:
            generated += 1
            return True
        return False

    found = []
    for change in changes(folder / "upper", project, skip):
        if _is_only_turned(project, folder / "upper", change):
            continue
        found.append(replace(change, why=tuple(_why(project, folder / "upper", change))))
    return Kept(project, folder, tuple(found), generated)


def review(kept: Kept, change: Change) -> Review:
    """Return both versions of a file, as far as a person would read them."""
    if change.kind is Kind.LINK:
        return Review(change, None, f"-> {target_of(kept.upper, change.path)}\n".encode("utf-8", "surrogateescape"))
    before = begin(kept.project, change.path) if change.kind is not Kind.ADDED else None
    after = content(kept, change, {}) if change.kind in (Kind.ADDED, Kind.CHANGED) else None
    return Review(change, before, after if after is not None else begin(kept.upper, change.path))


def apply(kept: Kept, change: Change, environment: Mapping[str, str]) -> None:
    """Bring one change into the project.

    Raises:
        OSError: it cannot be done.
        ValueError: it is one that is never copied.
    """
    if is_never_copied(change):
        raise ValueError(change.path)
    copy(kept.upper, kept.project, change, content(kept, change, environment))


def is_never_copied(change: Change) -> bool:
    """Tell whether no word of the person's makes this one be copied."""
    return _LINK_OUT in change.why or _SPECIAL in change.why


def forget(kept: Kept) -> None:
    """Remove the work. Raises OSError."""
    discard(kept.folder)


def content(kept: Kept, change: Change, environment: Mapping[str, str]) -> bytes | None:
    """Return a lockfile with the registry's own addresses in it again; None = the file as it is."""
    name = change.path
    if "/" in name or not is_lock(name) or change.kind not in (Kind.ADDED, Kind.CHANGED):
        return None
    data = begin(kept.upper, name, 64 << 20)
    if data is None or BASE.encode() not in data:
        return None
    before = begin(kept.project, name, 64 << 20) or b""
    pairs = {new: old for old, new in turned(name, before, BASE).pairs}
    origins = Origins()
    if environment:
        roots = {one.ecosystem: one.url for one in reversed(found_upstreams(environment)) if not one.names}
        origins = Origins(roots.get("npm", ""), roots.get("pypi", ""))
    return returned(name, data, BASE, pairs, origins)[0]


def _is_only_turned(project: Path, upper: Path, change: Change) -> bool:
    """Tell whether a lockfile is different only because it led to the registry firewall."""
    if change.kind is not Kind.CHANGED or "/" in change.path or not is_lock(change.path):
        return False
    before, after = begin(project, change.path, 64 << 20), begin(upper, change.path, 64 << 20)
    return before is not None and turned(change.path, before, BASE).data == after


def _why(project: Path, upper: Path, change: Change) -> list[Message]:
    found = []
    name = posixpath.basename(change.path).lower()
    if change.kind is Kind.SPECIAL:
        return [_SPECIAL]
    if change.kind is Kind.LINK:
        target = target_of(upper, change.path)
        where = posixpath.normpath(posixpath.join(posixpath.dirname(change.path), target))
        inside = not target.startswith("/") and where != ".." and not where.startswith("../")
        return [_LINK if inside else _LINK_OUT]
    if any(part.startswith(".") for part in change.path.split("/")) or name.endswith(".code-workspace"):
        found.append(_HIDDEN)
    if name in _ACTS or name.endswith(".pth"):
        found.append(_STARTS)
    if change.kind is Kind.DELETED:
        return found
    if change.executable:
        found.append(_PROGRAM)
    if name == "package.json" and _scripts(begin(project, change.path)) != _scripts(begin(upper, change.path)):
        found.append(_LIFECYCLE)
    if name == "pyproject.toml" and _backend(begin(project, change.path)) != _backend(begin(upper, change.path)):
        found.append(_BUILD)
    return found


def _scripts(data: bytes | None) -> object:
    """Return the scripts of a manifest; a damaged one is like no other."""
    if data is None:
        return {}
    try:
        return dict(as_mapping(as_mapping(json.loads(data)).get("scripts")))
    except (ValueError, RecursionError):
        return data


def _backend(data: bytes | None) -> object:
    """Return the lines of the table that names the build backend."""
    rows, within = [], False
    for row in (data or b"")[:LOOKED].splitlines():
        if row.lstrip().startswith(b"["):
            within = row.strip().startswith((b"[build-system", b"[tool.hatch.build", b"[tool.setuptools", b"[tool.pdm"))
        if within:
            rows.append(row.strip())
    return rows
