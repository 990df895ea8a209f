"""What a package client is to the gate: how its command is recognised, and how it is pointed at the gate.

    Target       where the gate listens, how it knows this user, where everything else is refused
    Invocation   one command line that runs a client
    Pointed      environment, command line and private files that make the client ask the gate
    Client       one per module; `catalog.py` lists them

A project's own configuration loses wherever the client lets it. Where it cannot, `Pointed.weak` says so, and the
refusing proxy (`Target.egress`) is what is left.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit, urlunsplit

from lazaretto.model.text import Message

_WRAPPERS = frozenset({"command", "exec", "nohup", "time", "winpty"})
_SUFFIXES = (".exe", ".cmd", ".bat", ".ps1", ".js", ".cjs", ".mjs")
_PYTHON = re.compile(r"(?:python|pypy|py)[\d.]{0,8}w?")
_NODE = frozenset({"node", "nodejs"})


@dataclass(frozen=True, slots=True)
class Target:
    """Where a client shall get everything from."""

    base_url: str
    """`http://127.0.0.1:4874`, perhaps with a team's path; no slash at the end."""
    token: str = ""
    """Sent as Bearer (npm's clients) or as the password of `__token__` (Python's); empty = none."""
    egress: str = ""
    """URL of a proxy that refuses all but the gate; empty = the client may connect elsewhere."""

    @property
    def npm(self) -> str:
        """The npm registry, with the slash at its end that npm's clients want."""
        return f"{self.base_url}/"

    @property
    def simple(self) -> str:
        """The Simple API root, with the token when there is one. Never print it."""
        return f"{self.with_token(self.base_url)}/simple/"

    @property
    def host(self) -> str:
        """Host without port."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def dart(self) -> str:
        """The "nerf dart" of npm, the key of credentials: `//127.0.0.1:4874/`."""
        return f"//{urlsplit(self.npm).netloc}{urlsplit(self.npm).path}"

    def with_token(self, url: str) -> str:
        """Return `url` with the token as its password; Python's clients know no other way."""
        if not self.token:
            return url
        parts = urlsplit(url)
        return urlunsplit(parts._replace(netloc=f"__token__:{quote(self.token, safe='')}@{parts.netloc}"))


@dataclass(frozen=True, slots=True)
class Caches:
    """Where clients keep what they fetched through the gate, so that nothing older is used unasked."""

    fresh: Path
    """Empty at the start, thrown away afterwards."""
    lasting: Path
    """Stays: an installation of pnpm (store) or Yarn's Plug'n'Play (zip files) lives in it."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command line that runs a client."""

    client: str
    argv: tuple[str, ...]
    at: int
    """Index in `argv` of the client's first own argument: flags that must come first go there."""

    @property
    def own(self) -> tuple[str, ...]:
        """The client's own arguments."""
        return self.argv[self.at :]

    @property
    def program(self) -> str:
        """Name of the program, without folder and suffix."""
        return stem(self.argv[self.at - 1])

    def with_flags(self, *flags: str) -> tuple[str, ...]:
        """Return the command line with flags before the client's own arguments."""
        return (*self.argv[: self.at], *flags, *self.own)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a client may look at to decide how it must be pointed."""

    folder: Path
    """Where the command runs."""
    environment: Mapping[str, str]
    """Of the caller."""
    home: Path
    """The caller's."""
    private: Path
    """An empty folder for files of this run."""
    caches: Caches | None
    """None = the user's own caches are used."""
    scopes: tuple[str, ...] = ()
    """npm scopes (`@acme`) that some configuration of the project or user points elsewhere."""
    indexes: tuple[str, ...] = ()
    """Names of `[[tool.uv.index]]` tables."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """What makes a client ask the gate."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """To be set. May hold the token: never print it."""
    unset: tuple[str, ...] = ()
    """To be removed."""
    arguments: tuple[str, ...] = ()
    """The whole command line; empty = unchanged."""
    files: tuple[Path, ...] = ()
    """Private files that were written."""
    weak: tuple[Message, ...] = ()
    """What the client does not let the gate overrule here."""


class Client(Protocol):
    """One package client."""

    name: str
    """`pip`, `uv`, `poetry`, `pdm`, `npm`, `pnpm`, `yarn1`, `yarn`, `bun`."""
    title: str
    """As people call it."""
    ecosystem: str
    programs: tuple[str, ...]
    """Names of its programs, the usual one first."""

    def detect(self, argv: tuple[str, ...], scene: Scene) -> Invocation | None:
        """Recognise a command line."""
        ...

    def point(self, target: Target, scene: Scene, invocation: Invocation | None) -> Pointed:
        """Return how the client is made to ask the gate; without an invocation only environment and files."""
        ...


def stem(program: str) -> str:
    r"""Return the plain name of a program: `C:\x\npm.cmd` and `/usr/lib/npm-cli.js` are `npm` and `npm-cli`."""
    name = program.replace("\\", "/").rpartition("/")[2].lower()
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name


def unwrapped(argv: tuple[str, ...]) -> int:
    """Return the index of the program that really runs: past `env A=b`, `command`, `node` and the like."""
    at = 0
    while at < len(argv):
        name = stem(argv[at])
        if name == "env":
            at += 1
            while at < len(argv) and ("=" in argv[at] or argv[at] in {"-i", "-", "--"}):
                at += 1
        elif name in _WRAPPERS or (name in _NODE and at + 1 < len(argv) and not argv[at + 1].startswith("-")):
            at += 1
        else:
            return at
    return max(0, len(argv) - 1)


def by_program(client: str, argv: tuple[str, ...], known: Callable[[str], bool]) -> Invocation | None:
    """Recognise a client by its program's name, also behind `corepack`."""
    at = unwrapped(argv)
    if argv and stem(argv[at]) == "corepack" and at + 1 < len(argv):
        at += 1
    if argv and known(stem(argv[at]).partition("@")[0]):
        return Invocation(client, argv, at + 1)
    return None


def by_module(client: str, argv: tuple[str, ...], module: str) -> Invocation | None:
    """Recognise `python -m MODULE`, `python3.11 -I -m MODULE`, `py -3 -m MODULE`."""
    at = unwrapped(argv)
    if not argv or not _PYTHON.fullmatch(stem(argv[at])):
        return None
    for index in range(at + 1, len(argv)):
        word = argv[index]
        if word == "-m" and index + 1 < len(argv):
            return Invocation(client, argv, index + 2) if argv[index + 1] == module else None
        if word == f"-m{module}":
            return Invocation(client, argv, index + 1)
        if not word.startswith("-"):
            return None
    return None


def proxies(target: Target) -> dict[str, str]:
    """Return the environment that sends everything but the gate to the refusing proxy; empty without one.

    `GIT_ALLOW_PROTOCOL` closes git, which does not always go through a proxy.
    """
    direct = f"{target.host},127.0.0.1,localhost"
    if not target.egress:
        return {}
    found = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), target.egress)
    return found | {"all_proxy": target.egress, "no_proxy": direct, "NO_PROXY": direct, "GIT_ALLOW_PROTOCOL": "file"}


def put(folder: Path, name: str, text: str) -> Path:
    """Write a private file that only this user reads."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path


def toml_string(text: str) -> str:
    """Return a TOML basic string; JSON's are a subset."""
    return json.dumps(text)
