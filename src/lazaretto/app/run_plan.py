"""What a project would do to a person who opens, installs, imports and starts it: the commands, phase by phase.

    open      what editors, development containers and git run by themselves     `run_open.py`
    install   the package client that the lockfile speaks of
    import    each module of the project; the package's main file
    start     the start script, or the program of a Python project

Nothing is run here. Files are read without following links out of the folder.
"""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lazaretto.adapters.sandbox.drivers import IMPORT_NODE, IMPORT_PYTHON
from lazaretto.model.finding import Phase
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_text, load_toml
from lazaretto.parse.views import ParseError

ENV = "/usr/bin/env"
MAIN_FILE = Message.of(N_("the package's main file"))
_LARGEST = 4 << 20
_MOST_MODULES = 200
_IMPORT_SECONDS = 30
_NEVER_IMPORTED = frozenset({"setup", "conftest", "noxfile", "tasks", "fabfile"})
_NO_MODULES = frozenset({"tests", "test", "docs", "doc", "examples", "node_modules", "build", "dist", "venv", "env"})
_PROGRAMS = ("main.py", "app.py", "run.py", "server.py", "manage.py", "bot.py", "start.py")
_LOCKS = (
    ("pnpm-lock.yaml", "pnpm", ("install", "--frozen-lockfile")),
    ("yarn.lock", "yarn", ("install",)),
    ("bun.lock", "bun", ("install",)),
    ("bun.lockb", "bun", ("install",)),
    ("package-lock.json", "npm", ("ci",)),
    ("npm-shrinkwrap.json", "npm", ("ci",)),
)
_NPM_FLAGS = ("--no-audit", "--no-fund", "--no-update-notifier")
_OFFLINE_NPM = ("--fetch-retries=0",)
_OFFLINE_PIP = ("--no-index", "--no-deps", "--no-build-isolation")


@dataclass(frozen=True, slots=True)
class Planned:
    """One command of one phase."""

    phase: Phase
    command: tuple[str, ...]
    title: Message | None = None
    """What it is, when the command alone does not say it."""
    seconds: int | None = None
    """Its own bound of time; None = the user's."""
    needed: bool = True
    """Without its success what comes next is not what it would be: its failure is a gap."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All commands, in order."""

    steps: tuple[Planned, ...] = ()
    notes: tuple[Message, ...] = ()
    """What could not be planned as the project wants it."""


def plan_folder(folder: Path, programs: Collection[str], opening: tuple[Planned, ...] = (), *, offline: bool) -> Plan:
    """Plan a project. `programs`: package clients that are there inside (`npm`, `uv`, ...)."""
    notes: list[Message] = []
    manifest = _manifest(folder)
    python = _is_python(folder)
    steps = list(opening)
    if manifest is not None:
        steps += _install_node(folder, programs, notes, offline=offline)
    if python:
        steps += _install_python(folder, programs, offline=offline)
    if manifest is not None and _has_main(folder, manifest):
        steps.append(
            Planned(
                Phase.IMPORT, (ENV, "node", "-e", IMPORT_NODE, "."), MAIN_FILE, seconds=_IMPORT_SECONDS, needed=False
            )
        )
    modules = sorted(_modules(folder))[:_MOST_MODULES] if python else []
    if modules:
        title = Message.of(N_("modules {names}"), {"names": " ".join(modules)})
        command = (*_python(folder, programs, offline=offline), "-c", IMPORT_PYTHON, *modules)
        steps.append(Planned(Phase.IMPORT, command, title, seconds=_IMPORT_SECONDS, needed=False))
    if manifest is not None:
        steps += _start_node(manifest, _client(folder, programs, [])[0])
    if python:
        steps += _start_python(folder, programs, offline=offline)
    return Plan(tuple(steps), tuple(notes))


def _client(folder: Path, programs: Collection[str], notes: list[Message]) -> tuple[str, tuple[str, ...], str]:
    for lock, client, words in _LOCKS:
        if (folder / lock).is_file():
            if client in programs:
                return client, words, lock
            if client != "npm":
                template = N_("{lock} wants {client}, which is not installed here; npm takes its place")
                notes.append(Message.of(template, {"lock": lock, "client": client}))
                break
    return "npm", ("install",), ""


def _install_node(folder: Path, programs: Collection[str], notes: list[Message], *, offline: bool) -> Iterator[Planned]:
    client, words, _ = _client(folder, programs, notes)
    flags: tuple[str, ...] = ()
    if client == "npm":
        flags = (*_NPM_FLAGS, *(_OFFLINE_NPM if offline else ()))
    yield Planned(Phase.INSTALL, (ENV, client, *words, *flags))


def own_scripts(folder: Path) -> Iterator[Planned]:
    """Yield the project's own install scripts: for when the installation failed before it came to them."""
    scripts = as_mapping((_manifest(folder) or {}).get("scripts"))
    for name in ("preinstall", "install", "postinstall", "prepare"):
        if as_text(scripts.get(name)):
            yield Planned(Phase.INSTALL, (ENV, "npm", "run", name), needed=False)


def _start_node(manifest: Mapping[str, Any], client: str) -> Iterator[Planned]:
    scripts = as_mapping(manifest.get("scripts"))
    for name in ("start", "dev", "serve"):
        if as_text(scripts.get(name)):
            yield Planned(Phase.RUN, (ENV, client, "run", name), needed=False)
            return


def _has_main(folder: Path, manifest: Mapping[str, Any]) -> bool:
    named = as_text(manifest.get("main")) or manifest.get("exports")
    return bool(named) or any((folder / name).is_file() for name in ("index.js", "index.mjs", "index.cjs"))


def _is_python(folder: Path) -> bool:
    if any((folder / name).is_file() for name in ("setup.py", "setup.cfg", "requirements.txt", "Pipfile")):
        return True
    return bool(_pyproject(folder)) or any((folder / name).is_file() for name in _PROGRAMS)


def _pyproject(folder: Path) -> Mapping[str, Any]:
    data = read_file(folder / "pyproject.toml")
    try:
        return load_toml(Blob("pyproject.toml", data)) if data is not None else {}
    except ParseError:
        return {}


def _uses_uv(folder: Path, programs: Collection[str], *, offline: bool) -> bool:
    return "uv" in programs and (folder / "uv.lock").is_file() and not offline


def _python(folder: Path, programs: Collection[str], *, offline: bool) -> tuple[str, ...]:
    if _uses_uv(folder, programs, offline=offline):
        return (ENV, "uv", "run", "--no-sync", "python")
    return (ENV, "python3")


def _install_python(folder: Path, programs: Collection[str], *, offline: bool) -> Iterator[Planned]:
    if _uses_uv(folder, programs, offline=offline):
        yield Planned(Phase.INSTALL, (ENV, "uv", "sync"))
        return
    pip = (ENV, "python3", "-m", "pip", "install")
    if (folder / "requirements.txt").is_file() and not offline:
        yield Planned(Phase.INSTALL, (*pip, "-r", "requirements.txt"))
    root = _pyproject(folder)
    if (folder / "setup.py").is_file() or root.get("project") or root.get("build-system"):
        yield Planned(Phase.BUILD, (*pip, *(_OFFLINE_PIP if offline else ()), "."))


def _start_python(folder: Path, programs: Collection[str], *, offline: bool) -> Iterator[Planned]:
    python = _python(folder, programs, offline=offline)
    for name in as_mapping(as_mapping(_pyproject(folder).get("project")).get("scripts")):
        if name.replace("-", "").replace("_", "").replace(".", "").isalnum():
            yield Planned(Phase.RUN, (*python[:-1], name) if python[1] == "uv" else (ENV, name), needed=False)
            return
    for name in _PROGRAMS:
        if (folder / name).is_file():
            more = ("runserver", "0.0.0.0:8000") if name == "manage.py" else ()
            yield Planned(Phase.RUN, (*python, name, *more), needed=False)
            return


def _modules(folder: Path) -> Iterator[str]:
    """Yield the names of top-level modules and packages."""
    for place in (folder, folder / "src"):
        try:
            entries = list(os.scandir(place))[:1000]
        except OSError:
            continue
        for entry in entries:
            name = entry.name.removesuffix(".py")
            if not name.isidentifier() or name in _NEVER_IMPORTED | _NO_MODULES:
                continue
            single = entry.name.endswith(".py") and entry.is_file()
            if single or (entry.is_dir() and (Path(entry.path) / "__init__.py").is_file()):
                yield name


def _manifest(folder: Path) -> Mapping[str, Any] | None:
    data = read_file(folder / "package.json")
    try:
        found = json.loads(data) if data is not None else None
    except (ValueError, RecursionError):
        return {} if data is not None else None
    return found if isinstance(found, dict) else None


def read_file(path: Path) -> bytes | None:
    """Read an ordinary file that is no link; None when there is none, or it is too large."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError:
        return None
    return data if len(data) <= _LARGEST else None
