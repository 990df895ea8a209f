"""Programs of the person that do not lie in the system's folders: where they are, and where they are put inside.

Only what a build needs is shown, never a folder that holds anything else of the person: a whole installation of Node
or Python (it has `bin` and a `lib` of its own), or a single program.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("node", "npm", "npx", "pnpm", "yarn", "bun", "deno", "python3", "pip", "uv", "uvx", "poetry", "pdm", "git")
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64")
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
_INSIDE = "/opt"
_SIGNS = {"node": "lib/node_modules", "python3": "lib"}


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What is there inside."""

    programs: frozenset[str]
    """Names out of `PROGRAMS`."""
    mounts: tuple[tuple[str, str], ...]
    """Where it is, and where it is inside."""
    path: str
    """`PATH` inside."""


def find(environment: Mapping[str, str], names: Iterable[str] = PROGRAMS) -> Toolchain:
    """Look for programs on the person's own `PATH`."""
    home = Path(environment.get("HOME") or "/nonexistent").resolve()
    path = os.pathsep.join(part for part in environment.get("PATH", "").split(os.pathsep) if part.startswith("/"))
    programs: set[str] = set()
    mounts: dict[str, str] = {}
    folders: dict[str, None] = {}
    for name in names:
        if shutil.which(name, path=SYSTEM_PATH):
            programs.add(name)
            continue
        found = shutil.which(name, path=path)
        real = Path(found).resolve() if found else None
        if real is None or _in_system(real) or "shims" in Path(found or "").parts:
            continue
        prefix = _prefix(real, home)
        if prefix is not None:
            inside = f"{_INSIDE}/{prefix.name}"
            mounts[str(prefix)] = inside
            folders[f"{inside}/bin"] = None
            programs.add(name)
        elif not real.suffix and real.is_file() and os.access(real, os.X_OK) and _binary(real):
            mounts[str(real)] = f"{_INSIDE}/bin/{name}"
            folders[f"{_INSIDE}/bin"] = None
            programs.add(name)
    return Toolchain(frozenset(programs), tuple(mounts.items()), ":".join([*folders, SYSTEM_PATH]))


def _in_system(path: Path) -> bool:
    return any(path.is_relative_to(one) for one in _SYSTEM)


def _prefix(real: Path, home: Path) -> Path | None:
    """Return the folder of a whole installation that a program belongs to; None when there is none to be shown."""
    for prefix in list(real.parents)[:6]:
        if prefix == prefix.parent or home.is_relative_to(prefix) or prefix.name.startswith("."):
            return None
        if any((prefix / "bin" / name).exists() and (prefix / sign).is_dir() for name, sign in _SIGNS.items()):
            return prefix
    return None


def _binary(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"\x7fELF"
    except OSError:
        return False
