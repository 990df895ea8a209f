"""Where a gate gets its packages: the registries that the user's own clients are configured with, found by asking them.

    npm     `npm config list --json` for addresses, proxy and certificates; `.npmrc` of the user and of the system for
            credentials, which npm itself no longer tells
    Python  `adapters/client_config.py`

Clients are started in an empty folder of ours: no file of a project configures anything. No address is written here.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from lazaretto.adapters.client_config import python_index
from lazaretto.adapters.http_client import ClientConfig

_SECONDS = 60
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]{0,100})\}")
_SCOPE = re.compile(r"(@[a-z0-9-~._]{1,100}):registry", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upstream:
    """One registry that is asked."""

    id: str
    ecosystem: str
    url: str
    """Root of the registry (npm) or of the simple API (PyPI), without credentials, ending in a slash."""
    names: tuple[str, ...] = ()
    """`@scope/*` or name globs that are asked here and nowhere else; empty = everything that nobody else claims."""
    private: bool = False
    authorization: str = ""
    """Value of the header, for this origin only. Never print it."""
    http: ClientConfig = field(default_factory=ClientConfig)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


def upstream(
    ident: str, ecosystem: str, url: str, http: ClientConfig, *, names: Iterable[str] = (), private: bool = False
) -> Upstream:
    """Build one from an address that may hold credentials.

    Raises:
        ValueError: no http address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{ident}: an upstream needs an http or https address")
    authorization = ""
    if "@" in parts.netloc:
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode()
    plain = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/") + "/", "", ""))
    return Upstream(ident, ecosystem, plain, tuple(names), private, authorization, http)


def found_upstreams(environment: Mapping[str, str], but: str = "") -> list[Upstream]:
    """Return the registries of the user's npm and Python clients, without those at `but` (the gate itself)."""
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as empty:
        folder = Path(empty)
        found = [*_python(folder, environment), *npm_upstreams(folder, environment)]
    return [one for one in found if not but or one.origin != but]


def _python(folder: Path, environment: Mapping[str, str]) -> list[Upstream]:
    index = python_index(folder, environment)
    names = ("pypi", *(f"pypi-{number}" for number in range(2, len(index.urls) + 1)))
    return [upstream(ident, "pypi", url, index.http) for ident, url in zip(names, index.urls, strict=False)]


def npm_upstreams(folder: Path, environment: Mapping[str, str]) -> list[Upstream]:
    """Ask npm for its registry and the registries of scopes; without npm, read the user's `.npmrc`."""
    lines = _npmrc_lines(environment)
    told = _npm_config(folder, environment)
    merged: dict[str, str] = {**lines, **{key: value for key, value in told.items() if isinstance(value, str)}}
    ca = merged.get("cafile", "") or environment.get("NODE_EXTRA_CA_CERTS", "") or environment.get("SSL_CERT_FILE", "")
    proxy = merged.get("https-proxy", "") or merged.get("proxy", "")
    trusted: frozenset[str] = frozenset()
    if told.get("strict-ssl") is False or lines.get("strict-ssl", "").lower() == "false":
        hosts = [urlsplit(url).hostname for key, url in merged.items() if key == "registry" or _SCOPE.fullmatch(key)]
        trusted = frozenset(host for host in hosts if host)
    http = ClientConfig(
        proxy=proxy if proxy not in ("null", "false") else "",
        ca_file=ca,
        client_cert=merged.get("certfile", ""),
        trusted_hosts=trusted,
        environment=environment,
    )
    found: list[Upstream] = []
    if merged.get("registry"):
        found.append(_with_token(upstream("npm", "npm", merged["registry"], http), lines))
    for key, url in sorted(merged.items()):
        scope = _SCOPE.fullmatch(key)
        if scope and url.rstrip("/") != merged.get("registry", "").rstrip("/"):
            one = upstream(f"npm-{scope[1].lstrip('@')}", "npm", url, http, names=(f"{scope[1]}/*",), private=True)
            found.append(_with_token(one, lines))
    return found


def _with_token(one: Upstream, lines: Mapping[str, str]) -> Upstream:
    """Add the credentials that `.npmrc` holds for the longest part of the address (npm's "nerf dart")."""
    if one.authorization:
        return one
    parts = urlsplit(one.url)
    path = parts.path.strip("/").split("/") if parts.path.strip("/") else []
    for length in range(len(path), -1, -1):
        place = "//" + parts.netloc + "/" + "".join(f"{part}/" for part in path[:length])
        token = lines.get(f"{place}:_authToken")
        basic = lines.get(f"{place}:_auth")
        user, password = lines.get(f"{place}:username"), lines.get(f"{place}:_password")
        header = f"Bearer {token}" if token else f"Basic {basic}" if basic else ""
        if not header and user and password:
            try:
                secret = base64.b64decode(password).decode()
            except ValueError:
                secret = ""
            header = "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()
        if header:
            return Upstream(one.id, one.ecosystem, one.url, one.names, one.private, header, one.http)
    return one


def _npm_config(folder: Path, environment: Mapping[str, str]) -> dict[str, object]:
    client = shutil.which("npm", path=environment.get("PATH"))
    if client is None:
        return {}
    here = folder / "npm"
    here.mkdir(exist_ok=True)
    (here / "package.json").write_text("{}", "utf-8")  # or npm looks for a project in the folders above
    given = {**environment, "NO_COLOR": "1", "NO_UPDATE_NOTIFIER": "1", "npm_config_update_notifier": "false"}
    try:
        done = subprocess.run(  # noqa: S603 - the user's own client, fixed arguments
            [client, "config", "list", "--json"],
            cwd=here,
            env=given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        told = json.loads(done.stdout) if done.returncode == 0 else {}
    except (OSError, subprocess.SubprocessError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _npmrc_lines(environment: Mapping[str, str]) -> dict[str, str]:
    """Read `key=value` lines of the system's and the user's `.npmrc`, variables filled in; the user's win."""
    home = environment.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 - a name from the environment
    places = [
        environment.get("npm_config_globalconfig", ""),
        environment.get("NPM_CONFIG_GLOBALCONFIG", "") or "/etc/npmrc",
        environment.get("npm_config_userconfig", "")
        or environment.get("NPM_CONFIG_USERCONFIG", "")
        or f"{home}/.npmrc",
    ]
    lines: dict[str, str] = {}
    for place in places:
        try:
            text = Path(place).read_text("utf-8", "replace")[: 1 << 20] if place else ""
        except OSError:
            continue
        for line in text.splitlines():
            key, equals, value = line.partition("=")
            if equals and not key.lstrip().startswith(("#", ";")):
                plain = value.strip().strip("\"'")
                lines[key.strip()] = _VARIABLE.sub(lambda hit: environment.get(hit[1], ""), plain)
    return lines
