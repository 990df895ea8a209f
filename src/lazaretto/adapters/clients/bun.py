"""Bun 1.x: `BUN_CONFIG_REGISTRY` beats bunfig.toml but for scopes; `--config=FILE` takes the place of bunfig.toml.

Measured with 1.4.5: scopes of `.npmrc` lose against those of the file given by `--config`. bunx has no such flag.
"""

from collections.abc import Mapping
from pathlib import Path

from lazaretto.adapters.clients.client import Client, Invocation, Pointed, Scene, Target, by_program, put, toml_string
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_text, load_toml
from lazaretto.parse.views import ParseError

PROGRAMS: tuple[str, ...] = ("bun", "bunx")
_FETCHING = frozenset(
    ["install", "i", "add", "a", "update", "remove", "rm", "link", "unlink", "outdated", "audit", "pm", "ci", "patch"]
)


class Bun:
    """Bun's package manager."""

    name, title, ecosystem = "bun", "Bun", "npm"
    programs = PROGRAMS

    def detect(self, argv: tuple[str, ...], scene: Scene) -> Invocation | None:
        """`bun`, `bunx`."""
        return by_program(self.name, argv, lambda name: name in PROGRAMS)

    def point(self, target: Target, scene: Scene, invocation: Invocation | None) -> Pointed:
        """Set the registry; overrule scopes by a private bunfig.toml."""
        environment = {"BUN_CONFIG_REGISTRY": target.npm, "npm_config_registry": target.npm}
        if target.token:
            environment["BUN_CONFIG_TOKEN"] = target.token
        if scene.caches:
            environment["BUN_INSTALL_CACHE_DIR"] = str(scene.caches.fresh / "bun")
        files: list[Path] = []
        arguments: tuple[str, ...] = ()
        weak: list[Message] = []
        if scene.scopes:
            files.append(put(scene.private, "bunfig.toml", _bunfig(target, scene)))
            if invocation and invocation.program == "bun" and set(invocation.own[:1]) & _FETCHING:
                verb, *rest = invocation.own
                arguments = (*invocation.argv[: invocation.at], verb, f"--config={files[0]}", *rest)
            else:
                weak.append(Message.of(N_("bunx takes scopes from the project: {scopes}"),
                                       {"scopes": ", ".join(scene.scopes)}))  # fmt: skip
        return Pointed(environment, (), arguments, tuple(files), tuple(weak))


def read_registry(environment: Mapping[str, str], home: Path) -> str:
    """Return the registry of the environment or the user's bunfig.toml; empty = Bun's own. May hold credentials."""
    if environment.get("BUN_CONFIG_REGISTRY"):
        return environment["BUN_CONFIG_REGISTRY"]
    path = Path(environment.get("XDG_CONFIG_HOME") or home) / ".bunfig.toml"
    try:
        root = as_mapping(load_toml(Blob("bunfig.toml", path.read_bytes())))
    except (OSError, ParseError):
        return ""
    registry = as_mapping(root.get("install")).get("registry")
    return as_text(registry) or as_text(as_mapping(registry).get("url"))


def _bunfig(target: Target, scene: Scene) -> str:
    """Return the project's `[install]` table (plain values only) with our registries."""
    path = scene.folder / "bunfig.toml"
    try:
        root = load_toml(Blob("bunfig.toml", path.read_bytes())) if path.is_file() else {}
    except (OSError, ParseError):
        root = {}
    install = as_mapping(as_mapping(root).get("install"))
    rows = [f"{key} = {_value(value)}" for key, value in install.items() if _is_plain(key, value)]
    place = f"{{ url = {toml_string(target.npm)}, token = {toml_string(target.token)} }}" if target.token else None
    place = place or toml_string(target.npm)
    scopes = [f"{toml_string(scope.removeprefix('@'))} = {place}" for scope in scene.scopes]
    return "\n".join(["[install]", *rows, f"registry = {place}", "[install.scopes]", *scopes, ""])


def _is_plain(key: str, value: object) -> bool:
    return key not in {"registry", "scopes", "cache"} and isinstance(value, str | bool | int | float)


def _value(value: object) -> str:
    return (
        str(value).lower() if isinstance(value, bool) else toml_string(value) if isinstance(value, str) else str(value)
    )


CLIENT: Client = Bun()
