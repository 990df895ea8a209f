"""`gate doctor`: which clients are here, do they ask the gate, and what would overrule that in this folder.

Each client is asked for its effective setting in an empty folder: in a hostile project it could run the project's
code (`yarnPath`, plugins of pdm). What the project overrules is read, not asked (`gate_project`).
"""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from lazaretto.adapters.client_config import uv_index
from lazaretto.adapters.client_files import before
from lazaretto.adapters.clients.bun import read_registry
from lazaretto.adapters.clients.catalog import CLIENTS
from lazaretto.adapters.clients.client import Client
from lazaretto.app.gate_project import Escape, Way, inspect
from lazaretto.model.text import N_, Message

_SECONDS = 30
_ASKED = {
    "pip": ("config", "get", "global.index-url"),
    "pdm": ("config", "pypi.url"),
    "npm": ("config", "get", "registry"),
    "pnpm": ("config", "get", "registry"),
    "yarn1": ("config", "get", "registry"),
    "yarn": ("config", "get", "npmRegistryServer"),
}
_QUIET = {
    "YARN_IGNORE_PATH": "1", "YARN_ENABLE_TELEMETRY": "0", "COREPACK_ENABLE_NETWORK": "0", "NO_UPDATE_NOTIFIER": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PDM_CHECK_UPDATE": "0", "NO_COLOR": "1", "COREPACK_ENABLE_PROJECT_SPEC": "0",
}  # fmt: skip


class Pointing(StrEnum):
    """Does a client ask the gate?"""

    GATE = "gate"
    ELSEWHERE = "elsewhere"
    OVERRULED = "overruled"
    """The user's setting is the gate, but this project has another."""
    EXEC = "exec"
    """It has no setting; only `gate exec` points it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One client that is installed."""

    client: str
    title: str
    program: str
    """Full path."""
    version: str
    effective: str
    """Registry or index outside any project, without credentials; empty = its own default, or not told."""
    pointing: Pointing
    escapes: tuple[Escape, ...]
    """What in this folder leads past the gate for this client."""


def words(diagnosis: Diagnosis) -> Message:
    """Return one sentence about a client."""
    templates = {
        Pointing.GATE: N_("asks the gate"),
        Pointing.ELSEWHERE: N_("asks {url}") if diagnosis.effective else N_("asks its own default, not the gate"),
        Pointing.OVERRULED: N_("asks the gate elsewhere, but this project points it past the gate"),
        Pointing.EXEC: N_("has no setting for this: only `lazaretto gate exec` points it to the gate"),
        Pointing.UNKNOWN: N_("did not tell what it asks"),
    }
    return Message.of(templates[diagnosis.pointing], {"url": diagnosis.effective})


def diagnose(
    folder: Path, environment: Mapping[str, str], home: Path, base_url: str, state: Path
) -> tuple[Diagnosis, ...]:
    """Ask every client that is on the path; one that does not answer within 30 s is `UNKNOWN`."""
    pointed = bool(before(state))
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as empty, ThreadPoolExecutor(4) as pool:
        given = {**environment, **_QUIET}
        found = pool.map(lambda client: _diagnose(client, Path(empty), given, home), CLIENTS)
        rows = [row for row in found if row is not None]
    result = []
    for name, title, program, version, url in rows:
        escapes = inspect(folder, home, name)
        result.append(
            Diagnosis(
                name, title, program, version, _plain(url), _pointing(name, url, base_url, escapes, pointed), escapes
            )
        )
    return tuple(result)


def _diagnose(
    client: Client, empty: Path, environment: Mapping[str, str], home: Path
) -> tuple[str, str, str, str, str] | None:
    name = client.name
    program = shutil.which(client.programs[0], path=environment.get("PATH"))
    if program is None:
        return None
    version = _output((program, "--version"), empty, environment)
    number = next((part.strip(",()") for part in version.split() if part[:1].isdigit() and "." in part), "")
    if (name == "yarn1" and not number.startswith(("0.", "1."))) or (
        name == "yarn" and number.startswith(("0.", "1."))
    ):
        return None
    if name == "uv":
        url = uv_index(environment)
    elif name == "bun":
        url = read_registry(environment, home)
    else:
        url = _output((program, *_ASKED[name]), empty, environment) if name in _ASKED else ""
    return name, client.title, program, number, url if url.startswith("http") else ""


def _pointing(name: str, url: str, base: str, escapes: tuple[Escape, ...], installed: bool) -> Pointing:  # noqa: FBT001
    if name == "poetry":
        return Pointing.EXEC
    ours = urlsplit(base)
    if (urlsplit(url).hostname, urlsplit(url).port) != (ours.hostname, ours.port):
        return Pointing.ELSEWHERE if url or not installed else Pointing.UNKNOWN
    return Pointing.OVERRULED if any(one.way is Way.REGISTRY for one in escapes) else Pointing.GATE


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _output(command: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the user's own client, fixed arguments
            command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True,
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout[:4096].decode("utf-8", "replace").strip() if done.returncode == 0 else ""
