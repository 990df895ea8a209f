"""Package clients inside, pointed at the registry firewall: environment, flags, private files.

The same knowledge as `gate exec` uses (`adapters/clients`), with the paths that there are inside.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lazaretto.adapters.clients.catalog import detect, point, scene
from lazaretto.adapters.clients.client import Caches, Target
from lazaretto.adapters.sandbox.bwrap import HOME
from lazaretto.adapters.sandbox.netns import GATE
from lazaretto.app.relock import plan

BASE = f"http://127.0.0.1:{GATE}"
"""Where the firewall is, inside."""
_SETTINGS = ".config/clients"
_INJECTED = frozenset({"poetry", "pdm"})
_OURS = frozenset({"PYTHONPATH", "LAZARETTO_GATE_INDEX", "LAZARETTO_GATE_EGRESS"})
PATIENT = {
    "UV_HTTP_TIMEOUT": "900",
    "PIP_DEFAULT_TIMEOUT": "900",
    "POETRY_REQUESTS_TIMEOUT": "900",
    "PDM_REQUEST_TIMEOUT": "900",
    "npm_config_fetch_timeout": "900000",
    "YARN_HTTP_TIMEOUT": "900000",
}
"""Large files are examined before they are delivered."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What makes a command ask the firewall."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    home: Mapping[str, str]
    """Files of the home inside."""


def ready(command: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> Ready:
    """Point one command, run in `folder`. Of the person's environment only the names of scopes are used."""
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as name:
        private, inside = Path(name), f"{HOME}/{_SETTINGS}"
        caches = Caches(Path(f"{HOME}/.cache"), Path(f"{HOME}/.local/share"))
        looked = scene(folder, {"HOME": environment.get("HOME", "/")}, private, caches)
        found = detect(command, looked)
        pointed = point(command, Target(BASE), looked)
        dropped = frozenset() if found and found[0].name in _INJECTED else _OURS
        variables = {
            key: value.replace(name, inside) for key, value in pointed.environment.items() if key not in dropped
        }
        files = {
            f"{_SETTINGS}/{path.relative_to(private)}": path.read_text("utf-8").replace(name, inside)
            for path in sorted(private.rglob("*"))
            if path.is_file()
        }
    words = tuple(word.replace(name, inside) for word in pointed.arguments or command)
    return Ready(words, {**PATIENT, **variables}, files)


def turned(folder: Path) -> dict[str, str]:
    """Return the project's lockfiles whose addresses lead to the firewall, by name."""
    return {
        one.path.name: one.after.decode("utf-8", "surrogateescape")
        for one in plan(folder, BASE)
        if one.path.parent == folder and not one.path.is_symlink()
    }
