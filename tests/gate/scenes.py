"""What each client is given and told to do in the tests through a gate: its files, its commands, what it installed.

project("poetry", {"lz-plain": "1.0"})      files of a project with these dependencies
INSTALL["pnpm12"], FROZEN, UPDATE           commands; pip's hold REQUIREMENTS, see there
installed(kitchen, "uv")                    {"lz-plain": "1.1"}: what is really on disk
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from .real import PYTHON, Kitchen
from .upstream import Upstream

PIP = ("pip", "install", "--target", "t", "--no-build-isolation", "-r", "requirements.txt")
INSTALL = {
    "npm": ("npm", "install"),
    "pnpm": ("pnpm", "install"),
    "pnpm12": ("pnpm", "install"),
    "yarn1": ("yarn", "install"),
    "yarn": ("yarn", "install"),
    "bun": ("bun", "install"),
    "pip": PIP,
    "uv": ("uv", "sync"),
    "poetry": ("poetry", "install", "-n"),
    "pdm": ("pdm", "install", "--no-self"),
}
CLIENTS = tuple(INSTALL)
FROZEN = {
    "npm": ("npm", "ci"),
    "pnpm": ("pnpm", "install", "--frozen-lockfile"),
    "pnpm12": ("pnpm", "install", "--frozen-lockfile"),
    "yarn1": ("yarn", "install", "--frozen-lockfile"),
    "yarn": ("yarn", "install", "--immutable"),
    "bun": ("bun", "install", "--frozen-lockfile"),
    "pip": (*PIP, "--require-hashes"),
    "uv": ("uv", "sync", "--frozen"),
    "poetry": ("poetry", "sync", "-n"),
    "pdm": ("pdm", "sync", "--no-self"),
}
UPDATE = {
    "npm": ("npm", "update"),
    "pnpm": ("pnpm", "update"),
    "pnpm12": ("pnpm", "update"),
    "yarn1": ("yarn", "upgrade", "lz-fresh@^1.0.0"),
    "yarn": ("yarn", "up", "lz-fresh@^1.0.0"),
    "bun": ("bun", "update"),
    "pip": (*PIP, "--upgrade"),
    "uv": ("uv", "sync", "--upgrade"),
    "poetry": ("poetry", "update", "-n"),
    "pdm": ("pdm", "update", "--no-self", "--update-all"),
}
LOCKS = {
    "npm": "package-lock.json",
    "pnpm": "pnpm-lock.yaml",
    "pnpm12": "pnpm-lock.yaml",
    "yarn1": "yarn.lock",
    "yarn": "yarn.lock",
    "bun": "bun.lock",
    "uv": "uv.lock",
    "poetry": "poetry.lock",
    "pdm": "pdm.lock",
}


def project(client: str, wanted: Mapping[str, str], *, hashes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Make a project's files; versions are ranges of npm, or PEP 440 specifiers (`1.0` is `==1.0`; empty = any)."""
    if client not in PYTHON:
        found = {
            "package.json": json.dumps({"name": "p", "version": "1.0.0", "license": "MIT", "dependencies": wanted})
        }
        return found | ({".yarnrc.yml": "nodeLinker: node-modules\n"} if client == "yarn" else {})
    exact = {name: f"=={spec}" if spec[:1].isdigit() else spec for name, spec in wanted.items()}
    if client == "pip":
        lines = [name + spec + (f" --hash=sha256:{hashes[name]}" if hashes else "") for name, spec in exact.items()]
        return {"requirements.txt": "".join(f"{line}\n" for line in lines)}
    if client == "poetry":
        rows = "".join(f'{name} = "{spec or "*"}"\n' for name, spec in exact.items())
        head = '[tool.poetry]\nname = "p"\nversion = "0.1"\ndescription = ""\nauthors = []\npackage-mode = false\n'
        return {"pyproject.toml": f'{head}[tool.poetry.dependencies]\npython = "^3.9"\n{rows}'}
    listed = json.dumps([name + spec for name, spec in exact.items()])
    return {
        "pyproject.toml": f'[project]\nname = "p"\nversion = "0.1"\nrequires-python = ">=3.9"\ndependencies = {listed}\n'
    }


def installed(kitchen: Kitchen, client: str) -> dict[str, str]:
    """Return name -> version of the inert packages that lie where the client installs."""
    if client in PYTHON:
        places = [path.name.removesuffix(".dist-info") for path in kitchen.home.rglob("*.dist-info")]
        rows = [place.rpartition("-") for place in places]
        return {name.replace("_", "-"): version for name, _, version in rows if name not in _TOOLS}
    found = {}
    for path in (kitchen.project / "node_modules").glob("**/package.json"):
        manifest = json.loads(path.read_text())
        found[manifest["name"]] = manifest["version"]
    return found


_TOOLS = frozenset({"pip", "setuptools", "wheel"})


POLICY = """
[internal]
names = ["npm:@acme/*", "pypi:acme-*"]
[scripts]
action = "quarantine"
[builds]
action = "quarantine"
"""


@dataclass(frozen=True)
class Scenario:
    npm: tuple[str, str]
    """What the project wants: name and version."""
    pypi: tuple[str, str]
    says: str
    """In the refusal."""
    guilty: str = ""
    """What must not arrive; empty = what the project wants."""

    def wanted(self, client: str) -> dict[str, str]:
        return dict([self.pypi if client in PYTHON else self.npm])

    def name(self, client: str) -> str:
        return self.guilty or (self.pypi if client in PYTHON else self.npm)[0]


REFUSED = {
    "new": Scenario(("lz-fresh", "1.2.0"), ("lz-fresh", "1.2"), "a new version waits 3 d, until "),
    "malicious": Scenario(("lz-bad", "1.0.0"), ("lz-bad", "1.0"), "is recorded as malicious: MAL-2026-900"),
    "below": Scenario(("lz-needs-bad", "1.0.0"), ("lz-needs-bad", "1.0"), "malicious", "lz-bad"),
    "script": Scenario(("lz-script", "1.0.0"), ("lz-source", "1.0"), "it is not among those that may"),
    "typo": Scenario(("lodahs", "*"), ("reqeusts", ""), "is one slip of the fingers away from"),
}


def refused_files(upstream: Upstream, name: str, client: str) -> set[str]:
    """Return the files of a project that the registry gave away."""
    stem = name.replace("-", "_") if client in PYTHON else name
    return {file for file in upstream.files() if file.startswith(f"{stem}-")}


def wipe(kitchen: Kitchen) -> None:
    """Take away what was installed and cached; lockfiles stay."""
    places = (
        *(kitchen.project / name for name in ("node_modules", ".venv", "t", ".pnpm-store")),
        *(kitchen.folder / name for name in ("fresh", "lasting", "yarn-cache")),
        kitchen.home / ".cache",
    )
    for place in places:
        shutil.rmtree(place, ignore_errors=True)
