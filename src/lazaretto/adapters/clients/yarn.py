"""Yarn 2 and later: variables beat `.yarnrc.yml` but for maps (`npmScopes`), measured with 4.18.

A project that points a scope elsewhere gets a private copy of its settings without the registries, under another
`rcFilename`. Plug'n'Play runs from the cache: that one stays.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lazaretto.adapters.clients.client import Client, Invocation, Pointed, Scene, Target, by_program, put
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_yaml
from lazaretto.parse.views import ParseError

PROGRAMS: tuple[str, ...] = ("yarn", "yarnpkg")
_LOCATIONS = frozenset(
    [
        "cacheFolder", "constraintsPath", "deferredVersionFolder", "globalFolder", "httpsCaFilePath",
        "httpsCertFilePath", "httpsKeyFilePath", "installStatePath", "patchFolder", "pnpDataPath",
        "pnpUnpluggedFolder", "virtualFolder", "yarnPath", "lockfilePath",
    ]
)  # fmt: skip
"""Settings that are paths relative to their file."""
_DROPPED = frozenset(
    [
        "networkSettings",
        "npmScopes",
        "npmRegistries",
        "npmRegistryServer",
        "npmAuthToken",
        "npmAuthIdent",
        "unsafeHttpWhitelist",
    ]
)
_OVERRULING = ("npmScopes", "networkSettings")
"""Maps, which no variable overrules: registries of scopes, and proxies of hosts."""
_LARGEST = 1 << 20
_SECONDS = 20


class Yarn:
    """Yarn berry."""

    name, title, ecosystem = "yarn", "Yarn", "npm"
    programs = PROGRAMS

    def detect(self, argv: tuple[str, ...], scene: Scene) -> Invocation | None:
        """`yarn` where the project or the program itself speaks for a later Yarn."""
        found = by_program(self.name, argv, lambda name: name in PROGRAMS)
        return found if found is not None and is_berry(found, scene) else None

    def point(self, target: Target, scene: Scene, invocation: Invocation | None) -> Pointed:
        """Set the registry; overrule scopes by a private settings file."""
        environment = {
            "YARN_NPM_REGISTRY_SERVER": target.base_url,
            "YARN_UNSAFE_HTTP_WHITELIST": target.host,
            "COREPACK_NPM_REGISTRY": target.base_url,
        }
        if target.token:
            environment |= {"YARN_NPM_AUTH_TOKEN": target.token, "YARN_NPM_ALWAYS_AUTH": "true"}
        if target.egress and target.base_url.startswith("http://"):
            environment["YARN_HTTPS_PROXY"] = target.egress
        if scene.caches:
            lasting = scene.caches.lasting / "yarn"
            environment |= {"YARN_GLOBAL_FOLDER": str(lasting), "YARN_CACHE_FOLDER": str(lasting / "cache")}
        settings = _settings(scene)
        weak: list[Message] = []
        files: list[Path] = []
        if any(as_mapping(settings.get(key)) for key in _OVERRULING):
            files.append(put(scene.private, "yarnrc.yml", json.dumps(_cleaned(settings), indent=1)))
            environment["YARN_RC_FILENAME"] = os.path.relpath(files[0], scene.folder)
        if settings.get("yarnPath") and scene.environment.get("YARN_IGNORE_PATH", "") not in {"1", "true"}:
            weak.append(Message.of(N_("the project brings its own Yarn ({path}): what that asks is up to it"),
                                   {"path": str(settings["yarnPath"])}))  # fmt: skip
        return Pointed(environment, ("YARN_OFFLINE_MIRROR", "YARN_ENABLE_OFFLINE_MODE"), (), tuple(files), tuple(weak))


def is_berry(invocation: Invocation, scene: Scene) -> bool:
    """Tell Yarn 2+ from Yarn 1: by what the project says, then by asking the program in an empty folder."""
    told = _told(scene)
    if told is not None:
        return told
    program = shutil.which(invocation.argv[invocation.at - 1], path=scene.environment.get("PATH"))
    if program is None:
        return False
    scene.private.mkdir(parents=True, exist_ok=True)
    environment = {**scene.environment, "YARN_IGNORE_PATH": "1", "COREPACK_ENABLE_PROJECT_SPEC": "0"}
    environment["COREPACK_ENABLE_NETWORK"] = "0"
    words = [*invocation.argv[: invocation.at - 1], program, "--version"]
    try:
        done = subprocess.run(  # noqa: S603 - the user's own client, asked for its version
            words, cwd=scene.private, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    found = re.match(r"\s{0,20}(\d{1,4})\.", done.stdout)
    return found is not None and int(found[1]) >= 2


def _told(scene: Scene) -> bool | None:
    for folder in (scene.folder, *scene.folder.parents):
        manifest = _mapping(folder / "package.json")
        manager = as_text(manifest.get("packageManager"))
        if manager.startswith("yarn@"):
            return not manager.startswith(("yarn@1.", "yarn@0."))
        lock = _head(folder / "yarn.lock")
        if "__metadata:" in lock:
            return True
        if "yarn lockfile v1" in lock:
            return False
        if (folder / ".yarnrc.yml").is_file():
            return True
        if (folder / ".git").exists() or folder == scene.home:
            return None
    return None


def _settings(scene: Scene) -> dict[str, Any]:
    """Return the settings of the home folder, then of each folder from the top down to this one, as Yarn merges them.

    NOTE: relative paths are made absolute here, for the copy lies elsewhere.
    """
    merged: dict[str, Any] = {}
    folders = [scene.home, *reversed(scene.folder.parents), scene.folder]
    for folder in dict.fromkeys(folders):
        for key, value in _mapping(folder / ".yarnrc.yml").items():
            placed, known = _placed(key, value, folder), merged.get(key)
            both = isinstance(placed, Mapping) and isinstance(known, Mapping)
            merged[key] = {**as_mapping(known), **as_mapping(placed)} if both else placed
    return merged


def _placed(key: str, value: object, folder: Path) -> object:
    if key in _LOCATIONS and isinstance(value, str) and "${" not in value:
        return str(folder / value)
    if key == "plugins":
        return [_plugin(row, folder) for row in as_sequence(value)]
    return value


def _plugin(row: object, folder: Path) -> object:
    if isinstance(row, str):
        return str(folder / row)
    path = as_text(as_mapping(row).get("path"))
    return {**as_mapping(row), "path": str(folder / path)} if path else row


def _cleaned(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key not in _DROPPED}


def _mapping(path: Path) -> Mapping[str, Any]:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return {}
        return as_mapping(load_yaml(Blob(path.name, path.read_bytes())))
    except (OSError, ParseError):
        return {}


def _head(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(4096).decode("utf-8", "replace")
    except OSError:
        return ""


CLIENT: Client = Yarn()
