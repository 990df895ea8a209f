"""Fetch releases of the most downloaded packages into a folder, for `build_clone_signatures.py`. Nothing is run.

    python tools/fetch_popular.py FOLDER {npm,pypi} [--from 0] [--top 1000] [--versions 3] [--deep NAME ...]

Names come from `detect/data/popular-*.txt`. Of each the newest stable release is fetched, and the newest of earlier
series (2.1, 2.0, 1.9 ...; for a name of `--deep` sixteen of them). A Python release is its pure wheel, else its sdist.
The registries are those that the user's own clients are configured with. A name that was fetched before is skipped, so
the command may be stopped and started again. Files lie in `FOLDER/WORLD/NAME/`.
"""  # noqa: INP001 - a command, not a package

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import Any
from urllib.parse import quote

from packaging.version import InvalidVersion, Version

from lazaretto.adapters.client_config import own_environment, python_index
from lazaretto.adapters.http_client import ClientConfig, Fetcher, FetchError
from lazaretto.adapters.registry_pypi import Release, read_page
from lazaretto.detect.names import popular

FILE_BYTES = 16 << 20
"""Larger release files are passed over: their code is seldom what is cloned."""
PAGE_BYTES = 64 << 20
DEEP = 16
_NO_CODE = ("@types/", "types-")
_JSON = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2"


@dataclass(frozen=True)
class Registry:
    """Where one world's packages come from."""

    url: str
    http: ClientConfig


def main() -> None:
    """Read the arguments and fetch."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("world", choices=("npm", "pypi"))
    parser.add_argument("--from", type=int, default=0, dest="start")
    parser.add_argument("--top", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=3)
    parser.add_argument("--deep", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--at-once", type=int, default=4)
    arguments = parser.parse_args()
    ranked = list(popular(arguments.world).rank)
    names = [*arguments.deep, *ranked[arguments.start : arguments.top]]
    names = [name for name in dict.fromkeys(names) if not name.startswith(_NO_CODE)]
    registry = (npm_registry if arguments.world == "npm" else pypi_registry)()
    fetch_one = fetch_npm if arguments.world == "npm" else fetch_pypi
    kept = local()

    def work(name: str) -> str:
        if not hasattr(kept, "fetcher"):
            kept.fetcher = Fetcher(registry.http)
        folder = arguments.folder / arguments.world / quote(name, safe="@")
        if (folder / "done").exists():
            return ""
        folder.mkdir(parents=True, exist_ok=True)
        wanted = DEEP if name in arguments.deep else arguments.versions
        try:
            trouble = fetch_one(kept.fetcher, registry.url, name, wanted, folder)
        except (FetchError, OSError, ValueError, KeyError, TypeError) as error:
            return f"{name}: {error}"
        (folder / "done").write_text(trouble, "utf-8")
        return trouble

    started = time.monotonic()
    with ThreadPoolExecutor(arguments.at_once) as pool:
        for count, trouble in enumerate(pool.map(work, names), 1):
            if trouble:
                print(trouble, file=sys.stderr)
            if count % 100 == 0:
                print(f"{count} of {len(names)}, {time.monotonic() - started:.0f} s", flush=True)


def pypi_registry() -> Registry:
    """Ask the user's Python client."""
    with tempfile.TemporaryDirectory() as empty:
        index = python_index(Path(empty), own_environment())
    return Registry(index.urls[0].rstrip("/"), index.http)


def npm_registry() -> Registry:
    """Ask npm."""
    client = shutil.which("npm") or "npm"
    with tempfile.TemporaryDirectory() as empty:
        answers = [
            subprocess.run([client, "config", "get", key], cwd=empty, capture_output=True, text=True, check=True)  # noqa: S603
            for key in ("registry", "cafile", "proxy")
        ]
    url, cafile, proxy = ("" if (text := a.stdout.strip()) in ("null", "undefined") else text for a in answers)
    return Registry(url.rstrip("/"), ClientConfig(proxy=proxy, ca_file=cafile, environment=own_environment()))


def fetch_pypi(fetcher: Fetcher, url: str, name: str, wanted: int, folder: Path) -> str:
    """Fetch releases of one project; return what was left out."""
    final, headers, body = fetcher.get(f"{url}/{name}/", PAGE_BYTES, {"Accept": _JSON})
    by_version: dict[Version, list[Release]] = {}
    for release in read_page(final, headers, body):
        if not release.yanked:
            by_version.setdefault(release.version, []).append(release)
    left: list[str] = []
    for version in chosen(by_version, wanted):
        files = sorted(by_version[version], key=lambda r: (r.is_sdist or not r.is_pure, not r.is_sdist, r.name))
        if files[0].is_sdist and not files[0].name.endswith((".tar.gz", ".zip")):
            files = [file for file in files if not file.is_sdist] or files
        data = _save(fetcher, files[0].url, folder / files[0].name, left)
        algorithm, value = files[0].digest
        if data is not None and algorithm and hashlib.new(algorithm, data).hexdigest() != value:
            (folder / files[0].name).unlink()
            left.append(f"{files[0].name}: not the digest that the index gives")
    return "; ".join(left)


def fetch_npm(fetcher: Fetcher, url: str, name: str, wanted: int, folder: Path) -> str:
    """Fetch tarballs of one package; return what was left out."""
    accept = {"Accept": "application/vnd.npm.install-v1+json"}
    _, _, body = fetcher.get(f"{url}/{quote(name, safe='@')}", PAGE_BYTES, accept)
    document: dict[str, Any] = json.loads(body)
    by_version: dict[Version, dict[str, Any]] = {}
    for text, row in document["versions"].items():
        if row.get("os") or row.get("cpu"):
            continue
        try:
            by_version[Version(text)] = row
        except InvalidVersion:
            continue
    left: list[str] = []
    for version in chosen(by_version, wanted):
        dist = by_version[version]["dist"]
        path = folder / f"{name.rpartition('/')[2]}-{by_version[version]['version']}.tgz"
        data = _save(fetcher, dist["tarball"], path, left)
        algorithm, _, value = dist.get("integrity", "").partition("-")
        if data is not None and algorithm and hashlib.new(algorithm, data).digest() != base64.b64decode(value):
            path.unlink()
            left.append(f"{path.name}: not the digest that the registry gives")
    return "; ".join(left)


def chosen(versions: Iterable[Version], wanted: int) -> Sequence[Version]:
    """Return the newest stable version and the newest of earlier series, newest first."""
    ordered = sorted(versions, reverse=True)
    stable = [version for version in ordered if not version.is_prerelease] or ordered
    majors: dict[int, Version] = {}
    minors: dict[tuple[int, int], Version] = {}
    for version in stable:
        majors.setdefault(version.major, version)
        minors.setdefault((version.major, version.minor), version)
    picked = [*stable[:1], *list(minors.values())[1:2], *list(majors.values())[1:2], *list(minors.values())[2:]]
    return sorted(dict.fromkeys([*picked, *stable]), key=[*dict.fromkeys([*picked, *stable])].index)[:wanted]


def _save(fetcher: Fetcher, url: str, path: Path, left: list[str]) -> bytes | None:
    try:
        with path.open("wb") as out:
            fetcher.save(url, out, FILE_BYTES)
    except FetchError as error:
        path.unlink(missing_ok=True)
        left.append(f"{path.name}: {error}")
        return None
    return path.read_bytes()


if __name__ == "__main__":
    main()
