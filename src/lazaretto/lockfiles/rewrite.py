"""Addresses of packages inside lockfiles, turned to another registry and back, byte by byte; nothing else changes.

    .../NAME/-/FILE.tgz           package-lock.json, npm-shrinkwrap.json, yarn.lock (1), bun.lock, pnpm-lock.yaml
    url = ".../FILE.whl"          uv.lock, pdm.lock, pylock.toml
    registry = "..."              uv.lock
    --index-url ...               requirements files, with --extra-index-url and --find-links
    [package.source]              poetry.lock, only back

Hashes stay: what the other registry gives must be the same bytes. An address that is no registry's (a git host, a
dependency by URL) is left, for there is no name to ask for.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lazaretto.ecosystems import pypi

NPM_LOCKS: Final = frozenset({"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "bun.lock", "pnpm-lock.yaml"})
PYPI_LOCKS: Final = frozenset({"uv.lock", "pdm.lock", "poetry.lock"})
_PYLOCK = re.compile(r"pylock(?:\.[^./]{1,100})?\.toml")
_REQUIREMENTS = re.compile(r"[^/]{0,100}requirement[^/]{0,100}\.(?:txt|in)|constraints?[^/]{0,100}\.txt", re.IGNORECASE)

_TARBALL = re.compile(
    rb"https?://[^\s\"'/<>]{1,255}(?:/[^\s\"'/<>@]{1,120}){0,6}?"
    rb"/(?P<name>(?:@[\w.~-]{1,214}(?:/|%2[fF]))?[\w.~-]{1,214})/-/(?P<file>[\w.~+%-]{1,400}\.tgz)"
)
_FILE = re.compile(
    rb"(?P<key>\burl[ \t]{0,8}=[ \t]{0,8}\")https?://[^\s\"<>#?]{1,1500}/"
    rb"(?P<file>[\w.+%!-]{1,400}?\.(?:whl|tar\.gz|zip|tar\.bz2))(?=[\"#])"
)
_REGISTRY = re.compile(rb"(?P<key>\bregistry[ \t]{0,8}=[ \t]{0,8}\")(?P<url>https?://[^\s\"<>]{1,1000})(?=\")")
_OPTION = re.compile(
    rb"(?m)^(?P<key>[ \t]{0,20}(?:--index-url|--extra-index-url|--find-links|--pypi-url|-i|-f)"
    rb"(?:[ \t]{0,8}=[ \t]{0,8}|[ \t]{1,8})[\"']?)"
    rb"(?P<url>https?://[^\s\"'#]{1,1000})"
)
_POETRY = re.compile(
    rb"(?P<head>\[package\.source\]\r?\ntype = \"legacy\"\r?\nurl = \")(?P<url>[^\"\n]{1,1000})"
    rb"(?P<tail>\"\r?\nreference = \"(?P<reference>[^\"\n]{1,200})\")"
)
_DIRECT = re.compile(rb"\bsource[ \t]{0,8}=[ \t]{0,8}\{[ \t]{0,8}url[ \t]{0,8}=[ \t]{0,8}\"([^\"\n]{1,2000})\"")
"""A dependency by URL (uv.lock): it is nobody's registry, and its files are not either."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One lockfile with its addresses turned."""

    data: bytes
    pairs: tuple[tuple[str, str], ...]
    """(as it was, as it is now), once each."""
    count: int


@dataclass(frozen=True, slots=True)
class Origins:
    """Where packages really come from: for addresses that a client wrote while it asked another registry."""

    npm: str = ""
    """Registry, with or without a slash at its end; empty = not known."""
    simple: str = ""
    """Simple API root as the user's client has it."""
    file: Callable[[str, str], str] = field(default=lambda _name, _filename: "")
    """(canonical name, file name) to the file's real address; empty = not known."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Names of the project's Poetry sources to their addresses."""


def is_lock(name: str) -> bool:
    """Tell by a file's name whether `turned` may change it."""
    return name in NPM_LOCKS or name in PYPI_LOCKS or bool(_PYLOCK.fullmatch(name) or _REQUIREMENTS.fullmatch(name))


def turned(name: str, data: bytes, base: str) -> Turn:
    """Point every address of a registry to `base` (no slash at its end)."""
    pairs: dict[str, str] = {}
    count = 0
    direct: frozenset[bytes] = frozenset()

    def swap(old: bytes, new: bytes) -> bytes:
        nonlocal count
        if old == new:
            return old
        pairs[old.decode("utf-8", "surrogateescape")] = new.decode("utf-8", "surrogateescape")
        count += 1
        return new

    def tarball(found: re.Match[bytes]) -> bytes:
        name, file = found["name"], found["file"]
        plain = re.split(rb"/|%2[fF]", name)[-1]
        if not file.startswith(plain + b"-"):
            return found[0]
        return swap(found[0], f"{base}/".encode() + name + b"/-/" + file)

    def file(found: re.Match[bytes]) -> bytes:
        filename = found["file"].decode()
        project = project_of(filename)
        old = found[0][len(found["key"]) :]
        if not project or old in direct:
            return found[0]
        return found["key"] + swap(old, f"{base}/files/{project}/{filename}".encode())

    def root(found: re.Match[bytes]) -> bytes:
        return found["key"] + swap(found["url"], f"{base}/simple/".encode())

    if name in NPM_LOCKS:
        data = _TARBALL.sub(tarball, data)
    elif _REQUIREMENTS.fullmatch(name):
        data = _OPTION.sub(root, data)
    elif name != "poetry.lock":
        direct = frozenset(one.partition(b"#")[0] for one in _DIRECT.findall(data))
        data = _FILE.sub(file, data)
        data = _REGISTRY.sub(root, data)
    return Turn(data, tuple(pairs.items()), count)


def returned(name: str, data: bytes, base: str, pairs: Mapping[str, str], origins: Origins) -> tuple[bytes, int]:
    """Turn addresses of `base` back: those of `pairs` (new to old) to what they were, others to their origin.

    Returns the bytes and how many addresses of `base` are left because nobody knows where they came from.
    """
    left = 0
    roots = dict(pairs)

    def back(found: re.Match[bytes]) -> bytes:
        nonlocal left
        new = found[0].decode("utf-8", "surrogateescape")
        old = roots.get(new) or _origin(new[len(base) :], origins, name)
        left += not old
        return (old or new).encode("utf-8", "surrogateescape")

    def source(found: re.Match[bytes]) -> bytes:
        known = origins.sources.get(found["reference"].decode("utf-8", "replace"), "")
        return found[0] if not known else found["head"] + known.encode() + found["tail"]

    if name == "poetry.lock":
        data = _POETRY.sub(lambda found: source(found) if found["url"].startswith(base.encode()) else found[0], data)
    pattern = re.compile(re.escape(base.encode()) + rb"/[^\s\"'#<>,)\]}]{0,1000}")
    return pattern.sub(back, data), left


def _origin(path: str, origins: Origins, name: str) -> str:
    """Return the real address of a path below the registry that was asked; empty when it is not known."""
    parts = path.strip("/").split("/")
    if name in NPM_LOCKS:
        return f"{origins.npm.rstrip('/')}{path}" if origins.npm else ""
    if parts[0] == "files" and len(parts) == 3:
        return origins.file(parts[1], parts[2])
    return origins.simple if parts == ["simple"] else ""


def project_of(filename: str) -> str:
    """Return the canonical project name of a wheel or a source distribution; empty when it has none."""
    if filename.endswith(".whl"):
        return pypi.normalize(filename.partition("-")[0])
    for ending in (".tar.gz", ".zip", ".tar.bz2"):
        if filename.endswith(ending):
            name = filename.removesuffix(ending).rpartition("-")[0]
            return pypi.normalize(name) if name else ""
    return ""


def foreign(name: str, data: bytes, base: str = "") -> Iterator[tuple[int, str]]:
    """Yield (line, address) of everything that `turned` would change."""
    for old, _ in turned(name, data, base or "http://127.0.0.1").pairs:
        at = data.find(old.encode("utf-8", "surrogateescape"))
        yield data.count(b"\n", 0, max(at, 0)) + 1, old
