"""A package of the npm world, fetched by the user's own npm from the registry that npm is configured with.

`npm pack NAME@VERSION` downloads the tarball and checks its integrity; for a registry package it runs no script of
the package, and scripts are switched off besides. npm runs in an empty folder of ours with a `package.json` of its
own, so that no `.npmrc` of a project (nor of a parent folder) configures it.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from lazaretto.adapters.http_client import safe_url
from lazaretto.adapters.target import TargetError
from lazaretto.ecosystems import npm
from lazaretto.model.text import N_
from lazaretto.parse.archive_names import printable

_SECONDS = 180
_OUTPUT = 4 << 20
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,100}")
_URL = re.compile(r"https?://[^\s\"'<>]{1,2000}")


def check_name(name: str, version: str) -> None:
    """Make sure that npm will take this for a package of the registry, and not for a path, URL or repository.

    Raises:
        TargetError: it is no such name, or no exact version or tag.
    """
    if not npm.is_name(name) or name.startswith((".", "-")) or name.lower().endswith((".tgz", ".tar", ".tar.gz")):
        raise TargetError(
            N_("{name} is not the name of an npm package"), {"name": printable(name)[:200]}, exit_kind="usage"
        )
    if version and not (npm.is_exact(version) or _TAG.fullmatch(version)):
        raise TargetError(
            N_("{version} is not an exact version or a tag"),
            {"version": printable(version)[:200]},
            N_("write npm:NAME@1.2.3 or npm:NAME@latest"),
            "usage",
        )


def fetch_npm(name: str, version: str, folder: Path, environment: Mapping[str, str]) -> tuple[str, Path]:
    """Fetch one tarball into `folder` and return its exact version and its path.

    Raises:
        TargetError: npm is not there, or could not fetch it.
    """
    check_name(name, version)
    wanted = f"{name}@{version or 'latest'}"
    done = run_npm(
        ["pack", wanted, "--json", "--ignore-scripts", "--pack-destination", str(folder), "--loglevel=error"],
        folder / "npm",
        environment,
        wanted,
    )
    exact, file = _answer(done.stdout[:_OUTPUT])
    tarball = folder / file
    if done.returncode != 0 or not file or "/" in file or "\\" in file or not tarball.is_file():
        raise TargetError(
            N_("{package} cannot be fetched: {error}"),
            {"package": wanted, "error": _complaint(done.stderr, done.stdout)},
            N_("ask npm itself: npm view NAME"),
        )
    return exact, tarball


def run_npm(
    arguments: Sequence[str], here: Path, environment: Mapping[str, str], package: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run the user's npm in `here`, an empty folder of ours (made when it is not there), without any script.

    Raises:
        TargetError: npm is not there, could not be started or took too long. `package` is for its message.
    """
    client = shutil.which("npm", path=environment.get("PATH"))
    if client is None:
        raise TargetError(
            N_("{package} needs npm to be fetched, and npm is not installed"),
            {"package": package},
            N_("install npm, or download the tarball and name the file"),
        )
    here.mkdir(exist_ok=True)
    (here / "package.json").write_text("{}", "utf-8")
    given = {
        **environment,
        "npm_config_ignore_scripts": "true",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
        "npm_config_progress": "false",
        "NO_COLOR": "1",
    }
    command = [client, *arguments]
    try:
        return subprocess.run(  # noqa: S603 - the user's own client; the name was checked
            command, cwd=here, env=given, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise TargetError(
            N_("{package} cannot be fetched: {error}"), {"package": package, "error": type(error).__name__}
        ) from error


def _answer(output: bytes) -> tuple[str, str]:
    try:
        document = json.loads(output)
    except (ValueError, RecursionError):
        return "", ""
    if isinstance(document, dict) and "filename" not in document:  # newer npm: by name
        document = next((value for value in document.values() if isinstance(value, dict)), None)
    row = document[0] if isinstance(document, list) and document else document
    if not isinstance(row, dict):
        return "", ""
    return str(row.get("version", "")), str(row.get("filename", "")).replace("@", "").replace("/", "-")


def _complaint(stderr: bytes, stdout: bytes) -> str:
    """The first telling line of npm's complaint, addresses without credentials."""
    text = (stderr[:_OUTPUT] or stdout[:_OUTPUT]).decode("utf-8", "replace")
    lines = [re.sub(r"^npm (?:error|ERR!) ?", "", line).strip() for line in text.splitlines()]
    told = [line for line in lines if line and not line.startswith(("code ", "errno ", "A complete log", "syscall "))]
    code = next((line.removeprefix("code ") for line in lines if line.startswith("code ")), "")
    return (
        printable(_URL.sub(lambda found: safe_url(found[0]), " ".join([code, *told[:1]])).strip())[:300] or "npm failed"
    )
