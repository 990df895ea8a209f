"""Poetry: it knows no variable for an index, so a plugin turns every source to the gate (measured with 2.5.1)."""

import os
import sys
import tomllib
from pathlib import Path

from lazaretto.adapters.clients.client import Client, Invocation, Pointed, Scene, Target, by_module, by_program
from lazaretto.adapters.clients.injected import injected
from lazaretto.model.text import N_, Message

PROGRAMS: tuple[str, ...] = ("poetry",)


class Poetry:
    """Poetry 1.5 and later."""

    name, title, ecosystem = "poetry", "Poetry", "pypi"
    programs = PROGRAMS

    def detect(self, argv: tuple[str, ...], scene: Scene) -> Invocation | None:
        """`poetry`, `python -m poetry`."""
        return by_program(self.name, argv, lambda name: name in PROGRAMS) or by_module(self.name, argv, "poetry")

    def point(self, target: Target, scene: Scene, invocation: Invocation | None) -> Pointed:
        """Put the plugin on its path; keep virtual environments where they were."""
        environment, files = injected(target, scene)
        weak = []
        if invocation and "--no-plugins" in invocation.own:
            weak.append(Message.of(N_("--no-plugins keeps Poetry from asking the gate")))
        if scene.caches:
            environment["POETRY_CACHE_DIR"] = str(scene.caches.fresh / "poetry")
            environment["POETRY_VIRTUALENVS_PATH"] = virtual_environments(scene)
        return Pointed(environment, (), (), files, tuple(weak))


def config_folder(environment: dict[str, str], home: Path, platform: str = sys.platform) -> Path:
    """Return where Poetry's config.toml and auth.toml lie."""
    told = environment.get("POETRY_CONFIG_DIR")
    if told:
        return Path(told)
    if platform == "win32":
        return Path(environment.get("APPDATA") or home / "AppData/Roaming") / "pypoetry"
    if platform == "darwin":
        return home / "Library/Application Support/pypoetry"
    return Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "pypoetry"


def virtual_environments(scene: Scene, platform: str = sys.platform) -> str:
    """Return where virtual environments would be without our cache folder, in which they must not end."""
    environment = dict(scene.environment)
    told = environment.get("POETRY_VIRTUALENVS_PATH", "")
    try:
        config = tomllib.loads((config_folder(environment, scene.home, platform) / "config.toml").read_text("utf-8"))
    except (OSError, ValueError):
        config = {}
    table = config.get("virtualenvs")
    told = told or (table.get("path", "") if isinstance(table, dict) else "")
    cache = environment.get("POETRY_CACHE_DIR") or config.get("cache-dir") or _cache(environment, scene.home, platform)
    found = told.replace("{cache-dir}", str(cache)) if isinstance(told, str) else ""
    return os.path.expanduser(found or f"{cache}/virtualenvs")  # noqa: PTH111 - text with a placeholder, not a path


def _cache(environment: dict[str, str], home: Path, platform: str) -> str:
    if platform == "win32":
        return str(Path(environment.get("LOCALAPPDATA") or home / "AppData/Local") / "pypoetry/Cache")
    if platform == "darwin":
        return str(home / "Library/Caches/pypoetry")
    return str(Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "pypoetry")


CLIENT: Client = Poetry()
