"""All package clients, and how a whole command is pointed. A test asserts that every module is listed."""

import os
from collections.abc import Mapping
from pathlib import Path

from lazaretto.adapters.clients.bun import CLIENT as BUN
from lazaretto.adapters.clients.client import Caches, Client, Invocation, Pointed, Scene, Target, proxies
from lazaretto.adapters.clients.npm import CLIENT as NPM
from lazaretto.adapters.clients.pdm import CLIENT as PDM
from lazaretto.adapters.clients.pip import CLIENT as PIP
from lazaretto.adapters.clients.pnpm import CLIENT as PNPM
from lazaretto.adapters.clients.poetry import CLIENT as POETRY
from lazaretto.adapters.clients.settings import index_names, scopes
from lazaretto.adapters.clients.uv import CLIENT as UV
from lazaretto.adapters.clients.yarn import CLIENT as YARN
from lazaretto.adapters.clients.yarn1 import CLIENT as YARN1
from lazaretto.model.text import Message

CLIENTS: tuple[Client, ...] = (PIP, UV, POETRY, PDM, NPM, PNPM, YARN, YARN1, BUN)


def scene(
    folder: Path, environment: Mapping[str, str], private: Path, caches: Caches | None, home: Path | None = None
) -> Scene:
    """Look at the configuration around `folder`: which scopes and indexes have to be overruled."""
    folder = folder.resolve()
    home = home or Path(environment.get("HOME") or environment.get("USERPROFILE") or "/")
    return Scene(
        folder,
        environment,
        home,
        private,
        caches,
        scopes(folder, environment, home),
        index_names(folder, environment, home),
    )


def detect(argv: tuple[str, ...], looked: Scene) -> tuple[Client, Invocation] | None:
    """Return the client that a command line runs."""
    for client in CLIENTS:
        found = client.detect(argv, looked)
        if found is not None:
            return client, found
    return None


def point(argv: tuple[str, ...], target: Target, looked: Scene) -> Pointed:
    """Point the command at the gate: the client that it runs by flags as well, all others by environment.

    A script, `make`, `tox` or a lifecycle script may run any client.
    """
    found = detect(argv, looked)
    environment: dict[str, str] = {}
    unset: dict[str, None] = {}
    files: dict[Path, None] = {}
    arguments, weak = argv, tuple[Message, ...]()
    for client in sorted(CLIENTS, key=lambda one: found is not None and one is found[0]):
        mine = found is not None and client is found[0]
        pointed = client.point(target, looked, found[1] if found and mine else None)
        environment |= pointed.environment
        unset |= dict.fromkeys(pointed.unset)
        files |= dict.fromkeys(pointed.files)
        if mine:
            arguments, weak = pointed.arguments or argv, pointed.weak
    environment |= proxies(target)
    return Pointed(environment, tuple(name for name in unset if name not in environment), arguments, tuple(files), weak)


def applied(pointed: Pointed, environment: Mapping[str, str], *, caseless: bool = os.name == "nt") -> dict[str, str]:
    """Return the environment of the command. npm's variables are compared without case, on Windows all are."""

    def key(name: str) -> str:
        lower = name.lower()
        return lower if caseless or lower.startswith(("npm_config_", "pnpm_config_")) else name

    ours = {key(name) for name in (*pointed.environment, *pointed.unset)}
    return {name: value for name, value in environment.items() if key(name) not in ours} | dict(pointed.environment)
