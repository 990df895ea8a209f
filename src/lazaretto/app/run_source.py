"""What is to be run, as a folder: the person's own, or a throw-away one for a package or a repository on a server.

folder                       itself; it is never changed
npm:, pypi:, pkg:            the package's file, fetched here, in an empty project
git URL                      the newest commit's files; nothing is checked out by git
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lazaretto.adapters.client_config import own_environment, python_index
from lazaretto.adapters.files import UnreadableError
from lazaretto.adapters.registry import parse_package
from lazaretto.adapters.registry_npm import fetch_npm
from lazaretto.adapters.registry_pypi import fetch_pypi, fits
from lazaretto.adapters.sandbox.drivers import DETONATE_NODE, DETONATE_PYTHON
from lazaretto.adapters.target import TargetError
from lazaretto.adapters.targets import open_target
from lazaretto.app.run_plan import ENV, Planned
from lazaretto.ecosystems import pypi
from lazaretto.model.finding import Gap, Phase
from lazaretto.model.text import N_, Message
from lazaretto.parse.archive_names import printable
from lazaretto.parse.limits import DEFAULT

_PACKAGE = re.compile(r"(?:pkg|npm|pypi):")
_REMOTE = re.compile(r"(?:git\+)?(?:https?|ssh|git)://|git@[\w.-]+:", re.IGNORECASE)
_DETONATION_SECONDS = 300
EVERYTHING = Message.of(N_("every module of the package, and its programs with --help"))


@dataclass(frozen=True, slots=True)
class Source:
    """A folder, and what is known of it."""

    folder: Path
    name: str
    """What it is called inside; empty = as the folder."""
    checked: str
    """What the static examination looks at."""
    online: bool = False
    """Whether that needs the network."""
    steps: tuple[Planned, ...] = ()
    """What to run; empty = what the folder suggests."""
    gaps: tuple[Gap, ...] = ()


@contextmanager
def opened(spec: str) -> Iterator[Source]:
    """Give the folder for what a person named.

    Raises:
        TargetError: there is nothing, or it cannot be fetched.
    """
    if os.path.lexists(spec) or not (_PACKAGE.match(spec) or _REMOTE.match(spec)):
        if not Path(spec).is_dir():
            hint = N_("name a folder, a package (npm:NAME@VERSION, pypi:NAME==VERSION) or a git URL")
            raise TargetError(N_("{path} is no folder"), {"path": printable(spec)}, hint, "usage")
        yield Source(Path(spec), "", spec)
        return
    scratch = Path(tempfile.mkdtemp(prefix="lazaretto-"))
    try:
        project = scratch / "app"
        project.mkdir()
        yield _package(spec, scratch, project) if _PACKAGE.match(spec) else _repository(spec, project)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _package(spec: str, scratch: Path, project: Path) -> Source:
    kind, name, version, _ = parse_package(spec)
    files = scratch / "files"
    files.mkdir()
    environment = own_environment()
    if kind == "npm":
        exact, tarball = fetch_npm(name, version, files, environment)
        shutil.copyfile(tarball, project / tarball.name)
        (project / "package.json").write_text(json.dumps({"name": "app", "version": "1.0.0", "private": True}))
        steps, gaps = _npm_steps(name, tarball.name), list[Gap]()
    else:
        (scratch / "clients").mkdir()
        index = python_index(scratch / "clients", environment)
        exact, found, gaps = fetch_pypi(name, version, files, index, DEFAULT)
        for file in found:
            shutil.copyfile(file, project / file.name)
        name = pypi.normalize(name)
        steps = _pypi_steps(name, sorted(file.name for file in found))
    _open_up(scratch)
    return Source(project, "app", f"{kind}:{name}{'@' if kind == 'npm' else '=='}{exact}", True, steps, tuple(gaps))


def _npm_steps(name: str, tarball: str) -> tuple[Planned, ...]:
    flags = ("--no-audit", "--no-fund", "--no-update-notifier")
    return (
        Planned(Phase.INSTALL, (ENV, "npm", "install", *flags, f"./{tarball}"), seconds=_DETONATION_SECONDS),
        Planned(Phase.IMPORT, (ENV, "node", "-e", DETONATE_NODE, name), EVERYTHING, _DETONATION_SECONDS, needed=False),
    )


def _pypi_steps(name: str, files: list[str]) -> tuple[Planned, ...]:
    pip = (ENV, "python3", "-m", "pip", "install")
    wheels = [file for file in files if file.endswith(".whl")]
    usable = [file for file in wheels if fits(file)] or (wheels if len(wheels) == len(files) else [])
    steps = [
        Planned(Phase.BUILD, (*pip, f"./{file}"), None, _DETONATION_SECONDS, needed=not usable)
        for file in files
        if file not in wheels
    ]
    again = ("--force-reinstall", "--no-deps") if steps else ()
    steps += [Planned(Phase.INSTALL, (*pip, *again, f"./{file}"), None, _DETONATION_SECONDS) for file in usable]
    command = (ENV, "python3", "-c", DETONATE_PYTHON, name)
    return (*steps, Planned(Phase.IMPORT, command, EVERYTHING, _DETONATION_SECONDS, needed=False))


def _repository(spec: str, project: Path) -> Source:
    gaps: list[Gap] = []
    with open_target(spec, DEFAULT, online=True) as target:
        for entry in target.entries(lambda path: "!/" not in path):
            place = _place(project, entry.path)
            if place is None:
                continue
            try:
                data = entry.load()
            except UnreadableError as error:
                gaps.append(error.gap(entry.path))
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            if data.startswith(b"#!"):
                place.chmod(0o755)
        gaps += target.gaps
    _open_up(project.parent)
    name = PurePosixPath(spec.partition("#")[0].rstrip("/")).name.removesuffix(".git")
    return Source(project, name or "app", str(project), gaps=tuple(gaps))


def _place(project: Path, path: str) -> Path | None:
    """Return where a file of a stranger's tree is put; None where it may not be."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\0" in path or parts[0] == ".git":
        return None
    return project.joinpath(*parts)


def _open_up(folder: Path) -> None:
    """Let the sandbox's user read it, when that is another one (root runs it as nobody)."""
    if os.geteuid() == 0:
        folder.chmod(0o755)
