"""Fill the replica that `run.py` serves: real documents and files, fetched once by this user's own npm and pip.

Addresses come from the configuration of the clients; documents are kept as they came, with the registry's addresses
replaced by a mark (`REPLICA`), which is replaced by the address of the replica when it starts.
"""

import concurrent.futures
import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOTS = {
    name: wanted
    for name, _, wanted in (
        line.partition("@")
        for line in [
            "express@^4.19.2",
            "webpack@^5.90.0",
            "eslint@^8.57.0",
            "mocha@^10.4.0",
            "typescript@^5.4.0",
            "react@^18.2.0",
            "react-dom@^18.2.0",
            "lodash@^4.17.21",
            "axios@^1.6.0",
        ]
    )
}
EXTRA_NPM = ("webpack", "express", "typescript", "ms", "@types/node")
PYTHON = [
    "fastapi[standard]",
    "aiohttp",
    "sqlalchemy",
    "pytest",
    "httpx",
    "rich",
    "requests",
    "flask",
    "jupyter-client",
    "ruff",
]
SIMPLE = "application/vnd.pypi.simple.v1+json"
WORKERS = 8


def fetch(url: str, accept: str = "*/*") -> bytes:
    """Read one address."""
    if not url.startswith(("http://", "https://")):
        raise ValueError(url)
    request = urllib.request.Request(url, headers={"Accept": accept, "User-Agent": "lazaretto-bench"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return bytes(answer.read())


def put(path: Path, url: str, accept: str = "*/*") -> None:
    """Fetch what is not here yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            body = fetch(url, accept)
        except urllib.error.HTTPError as error:
            if path.suffix == ".metadata" and error.code == 404:
                return
            raise
        part = path.with_name(path.name + ".part")
        part.write_bytes(body)
        part.rename(path)


def npm(data: Path) -> None:
    """Resolve the roots into a lockfile; fetch every document and tarball in it."""
    registry = said("npm", "config", "get", "registry").rstrip("/") + "/"
    work = data / "work"
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "package-lock.json").exists():
        manifest = {"name": "bench", "version": "1.0.0", "private": True, "dependencies": ROOTS}
        (work / "package.json").write_text(json.dumps(manifest))
        said("npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", cwd=work)
    lock = json.loads((work / "package-lock.json").read_text())
    jobs = {}
    for place, entry in lock["packages"].items():
        if place:
            name = entry.get("name") or place.rpartition("node_modules/")[2]
            file = f"{name.rpartition('/')[2]}-{entry['version']}.tgz"
            jobs[data / "www/npm" / name / "-" / file] = (f"{registry}{name}/-/{file}", "*/*")
            document = registry + name.replace("/", "%2f")
            jobs[data / "www/npm" / name / "packument.json"] = (document, "application/json")
    for name in EXTRA_NPM:
        jobs[data / "www/npm" / name / "packument.json"] = (registry + name.replace("/", "%2f"), "application/json")
    many(jobs)
    (data / "npm.prefix").write_text(registry)


def pypi(data: Path) -> None:
    """Resolve the roots; fetch every page and wheel."""
    index = said(sys.executable, "-c", _INDEX).rstrip("/") + "/"
    report = data / "pip.json"
    if not report.exists():
        said(
            *(
                sys.executable,
                "-m",
                "pip",
                "install",
                "-q",
                "--dry-run",
                "--ignore-installed",
                "--only-binary",
                ":all:",
            ),
            *("--no-deps", "--report", str(report), "--isolated", "-i", index),
            *uv_resolved(data, index),
        )
    wanted, jobs = [], {}
    for one in json.loads(report.read_text())["install"]:
        name = re.sub(r"[-_.]+", "-", one["metadata"]["name"]).lower()
        url = one["download_info"]["url"]
        file = urllib.parse.unquote(url.rpartition("/")[2])
        wanted.append(f"{name}=={one['metadata']['version']}")
        jobs[data / "www/files" / file] = (url, "*/*")
        jobs[data / "www/files" / (file + ".metadata")] = (url + ".metadata", "*/*")
        jobs[data / "www/simple" / name / "index.json"] = (index + name + "/", SIMPLE)
    jobs[data / "www/simple/pydantic-core/index.json"] = (index + "pydantic-core/", SIMPLE)
    many(jobs)
    (data / "work/requirements.txt").write_text("\n".join(sorted(wanted)) + "\n")


def uv_resolved(data: Path, index: str) -> list[str]:
    """Return exact requirements for the roots."""
    roots = data / "work/roots.in"
    roots.write_text("\n".join(PYTHON) + "\n")
    uv = str(Path(sys.executable).with_name("uv"))
    text = said(uv, "pip", "compile", "-q", "--no-header", "--no-annotate", "--default-index", index, str(roots))
    return text.split()


def many(jobs: dict[Path, tuple[str, str]]) -> None:
    """Fetch many, a few at a time."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for done in [pool.submit(put, path, *what) for path, what in jobs.items()]:
            done.result()


def said(*command: str, cwd: Path | None = None) -> str:
    """Run a client; return what it printed."""
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()


_INDEX = (
    "import subprocess, sys\n"
    "from pip._internal.models.index import PyPI\n"
    "told = subprocess.run([sys.executable, '-m', 'pip', 'config', 'get', 'global.index-url'], capture_output=True,"
    " text=True).stdout.strip()\n"
    "print(told or PyPI.simple_url)\n"
)
