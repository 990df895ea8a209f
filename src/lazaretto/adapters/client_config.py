"""Which index the user's own Python client would ask, and how: found by asking the client, never guessed.

    PIP_INDEX_URL, pip's files   `pip config list`
    UV_DEFAULT_INDEX, uv's file  the environment, then `uv.toml` of the user or the system
    the client's own default     `pip download --help`, else `uv pip install --help`

Clients are started in an empty folder of our own, so that no file of the tree under examination configures anything.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from lazaretto.adapters.http_client import ClientConfig

_SECONDS = 60
_OUTPUT = 1 << 20
_PIP_DEFAULT = re.compile(r"--index-url\b[^\n]{0,200}?\(default (https?://[^\s()]{1,500})\)")
_UV_DEFAULT = re.compile(r"default package index \(by default: <(https?://[^\s<>]{1,500})>\)")
_TRUTHY = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class PythonIndex:
    """Where Python packages come from for this user."""

    urls: tuple[str, ...]
    """Simple API roots in the order in which they are asked. May hold credentials: never print them. Empty when no
    client is installed that could be asked."""
    http: ClientConfig


def python_index(folder: Path, environment: Mapping[str, str]) -> PythonIndex:
    """Ask pip, then uv. `folder` is empty and ours; `environment` is the caller's."""
    pip = _pip(environment)
    values = _pip_values(_output([*pip, "config", "list"], folder, environment)) if pip else {}
    urls = _words(values.get("index-url", ""))[:1]
    uv = _uv_settings(environment)
    main = urls[0] if urls else uv or _default(pip, folder, environment)
    extra = [] if values.get("no-index", "").lower() in _TRUTHY else _words(values.get("extra-index-url", ""))
    http = ClientConfig(
        proxy=values.get("proxy", ""),
        ca_file=values.get("cert", "")
        or environment.get("REQUESTS_CA_BUNDLE", "")
        or environment.get("SSL_CERT_FILE", ""),
        client_cert=values.get("client-cert", ""),
        trusted_hosts=frozenset(_words(values.get("trusted-host", ""))),
        environment=environment,
    )
    return PythonIndex(
        tuple(dict.fromkeys(url for url in (main, *extra) if url.startswith(("https://", "http://")))), http
    )


def public_client(environment: Mapping[str, str]) -> ClientConfig:
    """Return how this user reaches public servers: proxy and certificates as pip is configured, else the environment's.

    Credentials, client certificates and exemptions from verification are for the user's own index, and stay there.
    """
    pip = _pip(environment)
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as empty:
        values = _pip_values(_output([*pip, "config", "list"], Path(empty), environment)) if pip else {}
    bundle = environment.get("REQUESTS_CA_BUNDLE", "") or environment.get("SSL_CERT_FILE", "")
    return ClientConfig(
        proxy=values.get("proxy", ""), ca_file=values.get("cert", "") or bundle, environment=environment
    )


def _pip(environment: Mapping[str, str]) -> Sequence[str]:
    path = environment.get("PATH")
    for name in ("pip", "pip3"):
        found = shutil.which(name, path=path)
        if found:
            return (found,)
    if find_spec("pip") is not None:
        return (sys.executable, "-m", "pip")
    python = shutil.which("python3", path=path)
    return (python, "-m", "pip") if python else ()


def _pip_values(text: str) -> dict[str, str]:
    """Read `pip config list`: `global.name='value'`, `download.name=...`, `:env:.name=...`, later kinds winning."""
    ranked: dict[str, tuple[int, str]] = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        section, dot, name = key.strip().rpartition(".")
        rank = {"global": 1, "download": 2, ":env:": 3}.get(section, 0)
        if not equals or not dot or not rank:
            continue
        try:
            plain = str(ast.literal_eval(value.strip()))
        except (ValueError, SyntaxError):
            plain = value.strip().strip("'\"")
        if rank >= ranked.get(name, (0, ""))[0]:
            ranked[name] = (rank, plain)
    return {name: value for name, (_, value) in ranked.items()}


def uv_index(environment: Mapping[str, str]) -> str:
    """Return uv's default index outside any project; empty = its own. May hold credentials: never print it."""
    return _uv_settings(environment)


def _uv_settings(environment: Mapping[str, str]) -> str:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if environment.get(name):
            return (
                environment[name].rpartition("=")[2]
                if "://" not in environment[name].partition("=")[0]
                else environment[name]
            )
    home = environment.get("XDG_CONFIG_HOME") or f"{environment.get('HOME', '')}/.config"
    for place in (environment.get("UV_CONFIG_FILE", ""), f"{home}/uv/uv.toml", "/etc/uv/uv.toml"):
        try:
            table = tomllib.loads(Path(place).read_text("utf-8")) if place else {}
        except (OSError, ValueError):
            continue
        rows = table.get("index")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and row.get("default") and isinstance(row.get("url"), str):
                return str(row["url"])
        for holder in (table, table.get("pip")):
            if isinstance(holder, dict) and isinstance(holder.get("index-url"), str):
                return str(holder["index-url"])
    return ""


def _default(pip: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    if pip:
        found = _PIP_DEFAULT.search(_output([*pip, "download", "--help"], folder, environment))
        if found:
            return found[1]
    uv = shutil.which("uv", path=environment.get("PATH"))
    if uv:
        text = " ".join(_output([uv, "pip", "install", "--help"], folder, environment).split())
        found = _UV_DEFAULT.search(text)
        if found:
            return found[1]
    return ""


def _output(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a client that is part of the user's own installation and return what it prints, "" when it fails."""
    given = {
        **environment,
        "COLUMNS": "4000",
        "NO_COLOR": "1",
        "PIP_NO_INPUT": "1",
        "PIP_NO_COLOR": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(  # noqa: S603 - the user's own client, fixed arguments
            command, cwd=folder, env=given, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout[:_OUTPUT].decode("utf-8", "replace") if done.returncode == 0 else ""


def _words(text: str) -> list[str]:
    return text.split()


def own_environment() -> dict[str, str]:
    """Return this process's environment; the one place that reads it."""
    return dict(os.environ)
