"""`gate install` and `gate uninstall`: the user's own configuration of package clients, changed and given back.

    places(environment, home) -> Place ...   which file each client reads
    install(places, target, state)           our lines in, lines that contradict them commented out
    uninstall(state)                         byte for byte as before; if somebody edited since, only our lines go

A file keeps its comments, other keys, credentials, line ends and permissions. What stood there is in a journal below
`state`, readable by this user alone, before anything is changed; `before` reads it (the gate's own upstreams).
"""

import base64
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lazaretto.adapters.clients.client import Target, toml_string
from lazaretto.adapters.clients.edits import Edit, added_ini, added_lines, added_toml, added_yaml, cleaned
from lazaretto.adapters.clients.poetry import config_folder
from lazaretto.model.text import N_, Message

_JOURNAL = "gate-install.json"
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """One configuration file of one client."""

    client: str
    path: Path
    edit: Callable[[str, Target], str]
    """(text without our lines, target) to the text with them."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to one file."""

    client: str
    path: Path
    message: Message


def places(environment: Mapping[str, str], home: Path, platform: str = sys.platform) -> tuple[Place, ...]:
    """Return the user-level files. Poetry has none for this: it is pointed by `gate exec` alone."""
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    roaming = Path(environment.get("APPDATA") or home / "AppData/Roaming")
    local = Path(environment.get("LOCALAPPDATA") or home / "AppData/Local")
    support = home / "Library/Application Support"
    if platform == "win32":
        pip, uv, pdm = roaming / "pip/pip.ini", roaming / "uv/uv.toml", local / "pdm/pdm/config.toml"
    elif platform == "darwin":
        pip = support / "pip/pip.conf" if (support / "pip").is_dir() else config / "pip/pip.conf"
        uv, pdm = config / "uv/uv.toml", support / "pdm/config.toml"
    else:
        pip, uv, pdm = config / "pip/pip.conf", config / "uv/uv.toml", config / "pdm/config.toml"
    npmrc = environment.get("npm_config_userconfig") or environment.get("NPM_CONFIG_USERCONFIG")
    return (
        Place("pip", pip, _pip),
        Place("uv", uv, _uv),
        Place("pdm", pdm, _pdm),
        Place("npm", Path(npmrc) if npmrc else home / ".npmrc", _npmrc),
        Place("yarn1", home / ".yarnrc", _yarnrc),
        Place("yarn", home / ".yarnrc.yml", _yarnrc_yml),
        Place("bun", Path(environment.get("XDG_CONFIG_HOME") or home) / ".bunfig.toml", _bunfig),
    )


def _pip(text: str, target: Target) -> str:
    rows = [f"index-url = {target.simple}"]
    if target.base_url.startswith("http://") and target.host not in {"127.0.0.1", "localhost", "::1"}:
        rows.append(f"trusted-host = {target.host}")
    muted = frozenset({"index-url", "extra-index-url", "find-links", "no-index", "index_url", "extra_index_url"})
    return added_ini(text, Edit(tuple(rows), muted), "global")


def _uv(text: str, target: Target) -> str:
    rows = ("[[index]]", f"url = {toml_string(target.simple)}", "default = true")
    muted = frozenset({"index-url", "extra-index-url", "find-links", "no-index"})
    return added_toml(text, Edit(rows, muted, frozenset({"index"})), "")


def _pdm(text: str, target: Target) -> str:
    return added_toml(text, Edit((f"url = {toml_string(target.simple)}",), frozenset({"url", "pypi.url"})), "pypi")


def _npmrc(text: str, target: Target) -> str:
    rows = [f"registry={target.npm}", *([f"{target.dart}:_authToken={target.token}"] if target.token else [])]
    return added_lines(text, Edit(tuple(rows), frozenset({"registry"})), scoped=True)


def _yarnrc(text: str, target: Target) -> str:
    return added_lines(text, Edit((f'registry "{target.npm}"',), frozenset({"registry"})), scoped=True)


def _yarnrc_yml(text: str, target: Target) -> str:
    rows = [f"npmRegistryServer: {json.dumps(target.base_url)}"]
    if target.base_url.startswith("http://"):
        rows.append(f"unsafeHttpWhitelist: [{json.dumps(target.host)}]")
    if target.token:
        rows += [f"npmAuthToken: {json.dumps(target.token)}", "npmAlwaysAuth: true"]
    muted = {"npmRegistryServer", "npmScopes", "unsafeHttpWhitelist"} | ({"npmAuthToken"} if target.token else set())
    return added_yaml(text, Edit(tuple(rows), frozenset(muted)))


def _bunfig(text: str, target: Target) -> str:
    place = toml_string(target.npm)
    if target.token:
        place = f"{{ url = {place}, token = {toml_string(target.token)} }}"
    muted = frozenset({"registry", "install.registry"})
    return added_toml(
        text, Edit((f"registry = {place}",), muted, frozenset({"install.scopes", "install.registry"})), "install"
    )


def install(wanted: Sequence[Place], target: Target, state: Path) -> tuple[Change, ...]:
    """Write our lines. Doing it again changes nothing; with another target the lines are replaced.

    Raises:
        OSError: a file or the journal cannot be written. What the journal holds can be undone.
    """
    journal, changes = _journal(state), []
    for place in wanted:
        data = _read(place.path)
        entry = journal.get(str(place.path))
        if data is None and place.path.exists():
            changes.append(
                Change(place.client, place.path, Message.of(N_("is left alone: it is too large or not readable")))
            )
            continue
        text = (data or b"").decode("utf-8", "surrogateescape")
        after = place.edit(cleaned(text), target).encode("utf-8", "surrogateescape")
        if after == data:
            changes.append(Change(place.client, place.path, Message.of(N_("points to the gate already"))))
            continue
        untouched = entry is not None and data is not None and _digest(data) == entry["after"]
        before = entry["before"] if entry is not None and untouched else _told(cleaned(text), data)
        journal[str(place.path)] = {"client": place.client, "before": before, "after": _digest(after)}
        _write_journal(state, journal)
        _replace(place.path, after)
        changes.append(
            Change(place.client, place.path, Message.of(N_("points to {url} now"), {"url": target.base_url}))
        )
    return tuple(changes)


def uninstall(state: Path) -> tuple[Change, ...]:
    """Give every file back.

    Raises:
        OSError: a file cannot be written; the journal keeps what is not given back yet.
    """
    journal, changes = _journal(state), []
    for name, entry in list(journal.items()):
        path, data = Path(name), _read(Path(name))
        before = None if entry["before"] is None else base64.b64decode(entry["before"])
        if data is None:
            message = N_("is no longer there; nothing to give back")
        elif _digest(data) == entry["after"]:
            if before is None:
                path.unlink()
            else:
                _replace(path, before)
            message = N_("is as it was before")
        else:
            text = data.decode("utf-8", "surrogateescape")
            back = cleaned(text).encode("utf-8", "surrogateescape")
            if not back.strip() and before is None:
                path.unlink()
            elif back != data:
                _replace(path, back)
            message = N_("was edited since: only our lines were taken out")
        changes.append(Change(entry["client"] or "", path, Message.of(message)))
        del journal[name]
        _write_journal(state, journal)
    return tuple(changes)


def before(state: Path) -> dict[Path, bytes | None]:
    """Return what stood in each file that points to the gate (None = no file): the user's own upstreams."""
    return {
        Path(name): None if entry["before"] is None else base64.b64decode(entry["before"])
        for name, entry in _journal(state).items()
    }


def notes(environment: Mapping[str, str], home: Path) -> tuple[Message, ...]:
    """Return what cannot be written to a file, and what the environment overrules."""
    found = []
    if (config_folder(dict(environment), home)).is_dir():
        found.append(
            Message.of(N_("Poetry has no setting for its index: run it with `lazaretto gate exec -- poetry ...`"))
        )
    for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "npm_config_registry",
                 "NPM_CONFIG_REGISTRY", "YARN_NPM_REGISTRY_SERVER", "BUN_CONFIG_REGISTRY", "PDM_PYPI_URL"):  # fmt: skip
        if environment.get(name):
            found += [Message.of(N_("{name} is set in the environment and overrules the file"), {"name": name})]
    return tuple(found)


def _told(text: str, data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= _LARGEST else None
    except OSError:
        return None


def _journal(state: Path) -> dict[str, dict[str, str | None]]:
    try:
        rows = json.loads((state / _JOURNAL).read_bytes())["files"]
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        raise OSError(f"{state / _JOURNAL} is damaged") from error
    return dict(rows)


def _write_journal(state: Path, rows: Mapping[str, Mapping[str, str | None]]) -> None:
    path = state / _JOURNAL
    if not rows:
        path.unlink(missing_ok=True)
        return
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    _replace(path, json.dumps({"files": rows}, indent=1).encode())


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; through a link (dotfiles are often links) to what it means."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o7777 if path.exists() else 0o600
    handle, name = tempfile.mkstemp(prefix=".lazaretto-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
