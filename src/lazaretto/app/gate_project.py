"""What in a project leads past the gate, looked up before a command runs.

    inspect(folder, home) -> Escape ...     one for each line; of a lockfile one for each host

The project is hostile: nothing of it runs, reading is bounded, a file that cannot be read is an escape as well.
"""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from lazaretto.adapters.clients.settings import upwards
from lazaretto.detect.rules.manifest.outside_registry import judge
from lazaretto.lockfiles.inventory import read_documents
from lazaretto.lockfiles.rewrite import NPM_LOCKS, foreign, is_lock
from lazaretto.model.package import Inventory, Package
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_toml, load_yaml
from lazaretto.parse.hosts import host_of
from lazaretto.parse.manifests import ClientConfig, PackageJson
from lazaretto.parse.views import ParseError
from lazaretto.parse.workspace import line_of

LARGEST: Final = 24 << 20
_MOST: Final = 2000
"""Files and folders below the project that are looked at."""
_DEEPEST: Final = 4
_SKIPPED: Final = frozenset({"node_modules", ".git", ".venv", "venv", "__pycache__", "dist", "build", ".tox", ".nox"})
_NODE: Final = ("npm", "pnpm", "yarn1", "yarn", "bun")
_CONFIGURATION: Final = {
    ".npmrc": ("npm", "pnpm", "yarn1", "bun"),
    ".yarnrc": ("yarn1",),
    ".yarnrc.yml": ("yarn",),
    "bunfig.toml": ("bun",),
    "pip.conf": ("pip",),
    "pip.ini": ("pip",),
    "uv.toml": ("uv",),
    "pipfile": ("pipenv",),
}
_TABLES: Final = {"tool.uv.index": ("uv",), "tool.poetry.source": ("poetry",), "tool.pdm.source": ("pdm",)}
_LOCKS: Final = {
    "yarn.lock": ("yarn1",), "bun.lock": ("bun",), "pnpm-lock.yaml": ("pnpm",), "uv.lock": ("uv",),
    "pdm.lock": ("pdm",), "package-lock.json": ("npm", "bun"), "npm-shrinkwrap.json": ("npm",),
}  # fmt: skip
_HARMLESS: Final = frozenset({"npm"})
"""Clients that let the gate answer for addresses in their lockfile (`replace-registry-host=always`)."""


class Way(StrEnum):
    """How it leads past the gate."""

    REGISTRY = "registry"
    """Another registry or index."""
    LOCK = "lock"
    """Addresses in a lockfile; `relock` turns them."""
    DIRECT = "direct"
    """A dependency by URL, git or file: no registry is asked."""
    CODE = "code"
    """The project's own code runs inside the client."""
    CACHE = "cache"
    """The project brings the packages itself."""


@dataclass(frozen=True, slots=True, order=True)
class Escape:
    """One line that leads past the gate."""

    path: str
    """Relative to the folder, `/` separated; `../` for what lies above it."""
    line: int
    way: Way
    what: Message
    clients: tuple[str, ...]
    """Whom it concerns."""
    beats: bool
    """True: the client follows it although it is pointed at the gate. What it asks is then turned away (`closed`)."""
    relock: bool = False
    """`gate relock` turns it."""


def inspect(folder: Path, home: Path, client: str = "", named: Sequence[Path] = ()) -> tuple[Escape, ...]:
    """Return every escape, those that beat the gate first; with `client` only what concerns it.

    `named` are requirements files that the command names itself, whatever they are called.
    """
    folder, named = folder.resolve(), [one.resolve() for one in named]
    found: set[Escape] = set()
    for path in dict.fromkeys([*_files(folder, home), *named]):
        name = os.path.relpath(path, folder).replace(os.sep, "/")
        try:
            if path.stat().st_size > LARGEST:
                raise OSError(None, "too large")
            blob = Blob(name, path.read_bytes())
            odd = path in named and not ClientConfig.accepts(blob)
            told = Blob(f"requirements/{path.stem}.txt", blob.data) if odd else blob
            found |= {replace(one, path=name) for one in _escapes(told)}
        except ParseError as error:
            found.add(_unread(name, error.line, error.reason))
        except OSError as error:
            found.add(_unread(name, 1, error.strerror or "?"))
    found |= set(_brought(folder))
    wanted = [one for one in found if not client or not one.clients or client in one.clients]
    return tuple(sorted(wanted, key=lambda one: (not one.beats, one)))


def _escapes(blob: Blob) -> Iterator[Escape]:
    name = blob.name
    if ClientConfig.accepts(blob):
        yield from _configured(blob)
    if name == "package.json":
        yield from _package_json(blob)
    if name == ".yarnrc.yml":
        yield from _yarn_code(blob)
    if name in {".pnpmfile.cjs", ".pnpmfile.mjs", "pnpmfile.cjs", "pnpmfile.js"}:
        yield Escape(
            blob.path, 1, Way.CODE, Message.of(N_("code of the project runs inside pnpm")), ("pnpm",), beats=True
        )
    if is_lock(name) and not name.endswith((".txt", ".in")):
        yield from _locked(blob)
    if name == "pyproject.toml":
        yield from _uv_sources(blob)
    if name in {"pyproject.toml", "setup.cfg", "setup.py"} or name.endswith((".txt", ".in")):
        inventory = read_documents([blob], _no_other)
        yield from _damaged(inventory)
        for package in inventory.packages:
            if package.ecosystem == "pypi" and package.url and "://" in package.url:
                yield _direct(blob.path, package, ("pip", "uv", "poetry", "pdm"))


def _configured(blob: Blob) -> Iterator[Escape]:
    pip_file = blob.name.endswith((".txt", ".in", ".pip"))
    for source in ClientConfig(blob).sources:
        clients = ("pip", "uv") if pip_file else _CONFIGURATION.get(blob.name) or _TABLES.get(source.key) or ("uv",)
        if "trusted-host" in source.key or source.key.endswith("PublishRegistry"):
            continue
        template = N_("{key} points to {url}") if not source.scope else N_("{key} points to {url} for {scope}")
        what = Message.of(template, {"key": source.key, "url": source.url[:300], "scope": source.scope})
        if not pip_file:
            beats = clients == ("pipenv",) or source.key in {"find-links", "proxy"}
            if source.key == "tool.uv.index":
                beats = not _is_taken_over(blob, source.url)
            yield Escape(blob.path, source.line, Way.REGISTRY, what, clients, beats)
            continue
        yield Escape(blob.path, source.line, Way.REGISTRY, what, ("pip",), beats=True, relock=True)
        beats = source.key in {"--find-links", "-f"}
        yield Escape(blob.path, source.line, Way.REGISTRY, what, ("uv",), beats=beats, relock=True)


def _is_taken_over(blob: Blob, url: str) -> bool:
    """Tell whether every index with this address has a name or is the default: then the gate answers in its place."""
    root = as_mapping(load_toml(blob))
    table = as_mapping(as_mapping(root.get("tool")).get("uv")) if blob.name == "pyproject.toml" else root
    rows = [as_mapping(row) for row in as_sequence(table.get("index"))]
    return all(row.get("name") or row.get("default") is True for row in rows if row.get("url") == url)


def _package_json(blob: Blob) -> Iterator[Escape]:
    view = PackageJson.of(blob)
    for entry in (*view.requirements, *view.overrides):
        judged = judge(entry.spec)
        if judged is not None and not entry.spec.strip().startswith("npm:"):
            what = Message.of(
                N_("{name} does not come from a registry: {spec}"), {"name": entry.name[:200], "spec": entry.spec[:300]}
            )
            yield Escape(blob.path, view.requirement_line(entry), Way.DIRECT, what, _NODE, beats=True)


def _yarn_code(blob: Blob) -> Iterator[Escape]:
    root = as_mapping(load_yaml(blob))
    path = as_text(root.get("yarnPath"))
    if path:
        what = Message.of(N_("the project's own program runs in Yarn's place: {path}"), {"path": path[:300]})
        yield Escape(blob.path, line_of(blob, "yarnPath"), Way.CODE, what, ("yarn", "yarn1"), beats=True)
    for row in as_sequence(root.get("plugins")):
        path = as_text(row) or as_text(as_mapping(row).get("path"))
        what = Message.of(N_("code of the project runs inside Yarn: {path}"), {"path": path[:300]})
        yield Escape(blob.path, line_of(blob, path, "plugins"), Way.CODE, what, ("yarn",), beats=True)


def _uv_sources(blob: Blob) -> Iterator[Escape]:
    tool = as_mapping(as_mapping(load_toml(blob)).get("tool"))
    for name, value in as_mapping(as_mapping(tool.get("uv")).get("sources")).items():
        for row in as_sequence(value) or [value]:
            place = as_text(as_mapping(row).get("git")) or as_text(as_mapping(row).get("url"))
            if place:
                what = Message.of(
                    N_("{name} does not come from a registry: {spec}"), {"name": str(name)[:200], "spec": place[:300]}
                )
                yield Escape(blob.path, line_of(blob, place), Way.DIRECT, what, ("uv",), beats=True)


def _locked(blob: Blob) -> Iterator[Escape]:
    """Yield one escape for each host of registry addresses, and one for each package from elsewhere."""
    hosts: dict[str, list[int]] = defaultdict(list)
    seen = set()
    for line, address in foreign(blob.name, blob.data):
        hosts[host_of(address)].append(line)
        seen.add(address.partition("#")[0])
    clients = _LOCKS.get(blob.name, ("pip", "uv"))
    for host, lines in hosts.items():
        what = Message.of(N_("{count} addresses at {host}"), {"count": len(lines), "host": host})
        for client in clients:
            yield Escape(blob.path, min(lines), Way.LOCK, what, (client,), client not in _HARMLESS, relock=True)
    if blob.name == "poetry.lock":
        clients = ("poetry",)
    inventory = read_documents([blob], _no_other)
    yield from _damaged(inventory)
    for package in inventory.packages:
        address = package.url.partition("#")[0]
        outside = "://" in address or address.startswith("git@")
        if outside and address not in seen and not _is_registry_row(blob.name, address):
            yield _direct(blob.path, package, clients)


def _is_registry_row(name: str, address: str) -> bool:
    """Tell whether an address is a registry as such: its root, or its usual path."""
    return (name not in NPM_LOCKS and address.rstrip("/").endswith("/simple")) or (
        name in NPM_LOCKS and "/-/" in address
    )


def _damaged(inventory: Inventory) -> Iterator[Escape]:
    for gap in inventory.gaps:
        if not gap.partial:
            yield Escape(gap.subject, 1, Way.REGISTRY, gap.reason, (), beats=True)


def _direct(path: str, package: Package, clients: tuple[str, ...]) -> Escape:
    what = Message.of(
        N_("{name} does not come from a registry: {spec}"), {"name": package.name[:200], "spec": package.url[:300]}
    )
    return Escape(path, package.line, Way.DIRECT, what, clients, beats=True)


def _brought(folder: Path) -> Iterator[Escape]:
    cache = folder / ".yarn/cache"
    with suppress(OSError):
        count = sum(1 for entry in os.scandir(cache) if entry.name.endswith(".zip"))
        if count:
            what = Message.of(N_("the project brings {count} packages itself"), {"count": count})
            yield Escape(".yarn/cache", 1, Way.CACHE, what, ("yarn",), beats=False)


def _unread(path: str, line: int, reason: str) -> Escape:
    what = Message.of(N_("cannot be read, so what it says is not known: {reason}"), {"reason": reason})
    return Escape(path, line, Way.REGISTRY, what, (), beats=True)


def _files(folder: Path, home: Path) -> Iterator[Path]:
    """Yield configuration of the folder and those above it, and manifests and lockfiles below it; no links."""
    for place in list(upwards(folder, home))[1:]:
        for name in sorted({*_CONFIGURATION, ".pnpmfile.cjs", "pyproject.toml"}):
            path = place / name
            if place != home and path.is_file() and not path.is_symlink():
                yield path
    left = _MOST
    for root, folders, names in os.walk(folder):
        depth = len(Path(root).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if name not in _SKIPPED) if depth < _DEEPEST else []
        left -= len(names) + 1
        if left < 0:
            return
        for name in sorted(names):
            path = Path(root, name)
            blob = Blob(path.relative_to(folder).as_posix(), b"")
            wanted = ClientConfig.accepts(blob) or is_lock(name) or name in {"package.json", "setup.cfg", "setup.py"}
            if (wanted or "pnpmfile" in name) and path.is_file() and not path.is_symlink():
                yield path


def _no_other(_path: str) -> None:
    return None
