"""Which project a request or a file name means: the checks that the gate, its pages and its downloads share.

    npm_name("@types%2fnode")                        "@types/node"; "" when no registry could hold such a package
    npm_version("@types/node", "node-20.1.0.tgz")    "20.1.0"; "" when the file is not one of the package
    pypi_version("zope-interface", "zope.interface-5.0-cp311-cp311-win32.whl")   "5.0"

A file that does not carry its project's name belongs to another one, whatever the page says. The standard spellings of
Python file names are split here, a microsecond each; odd ones are left to `packaging` (PEP 427, PEP 625, PEP 440).
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from packaging.utils import canonicalize_version
from packaging.version import InvalidVersion, Version

from lazaretto.ecosystems import npm, pypi

SDISTS: Final = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar")
"""Endings of source distributions, the usual first."""

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,254}", re.ASCII)
_NPM_VERSION = re.compile(
    r"(\d{1,16})\.(\d{1,16})\.(\d{1,16})(?:-?([0-9A-Za-z-][0-9A-Za-z.-]{0,254}))?(?:\+[0-9A-Za-z.-]{1,255})?", re.ASCII
)
_LETTERS = re.compile(r"[A-Za-z]*", re.ASCII)
_EGG_TAG = re.compile(r"-py\d(?:\.\d{1,2})?(?:-[A-Za-z0-9_.-]{1,100})?", re.ASCII)

NpmOrder = tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]


def npm_name(path: str) -> str:
    """Return the package that one or two path segments of a request mean (`@s%2fn`, `@s/n`, `n`), or nothing."""
    name = unquote(path, errors="replace") if "%" in path else path
    return name if is_npm_name(name) else ""


def is_npm_name(name: str) -> bool:
    """Tell whether npm could hold such a package and a path could hold its name: no `..`, no second `/`, ASCII."""
    return npm.is_name(name) and not name.rpartition("/")[2].startswith(".") and not name.startswith("@.")


def npm_file(name: str, version: str) -> str:
    """Return the file name of a version in npm's standard path `/NAME/-/FILE`."""
    return f"{name.rpartition('/')[2]}-{version}.tgz"


def npm_version(name: str, filename: str) -> str:
    """Return the version that a tarball's name tells, or nothing when it is not one of this package."""
    base = name.rpartition("/")[2] + "-"
    version = filename[len(base) : -4]
    return version if filename == f"{base}{version}.tgz" and npm_order(version) is not None else ""


def npm_order(version: str) -> NpmOrder | None:
    """Return what sorts versions as node-semver does (its loose form included); None when it is no version."""
    match = _NPM_VERSION.fullmatch(version)
    if match is None:
        return None
    major, minor, patch, before = match.groups()
    if before is None:
        return int(major), int(minor), int(patch), 1, ()
    marks = tuple([(0, int(part), "") if part.isdigit() else (1, 0, part) for part in before.split(".")])
    return int(major), int(minor), int(patch), 0, marks


def npm_channel(order: NpmOrder) -> str:
    """Return the pre-release channel (`beta` of 2.0.0-beta.3, `0` of 2.0.0-0); empty for a stable version."""
    if order[3]:
        return ""
    first = order[4][0]
    return (_LETTERS.match(first[2]) or [""])[0].lower() or "0"


def is_file(filename: str) -> bool:
    """Tell whether a file of this name may be served at all: ASCII, no separators, no control characters."""
    return _FILE.fullmatch(filename) is not None


def pypi_version(project: str, filename: str) -> str:
    """Return the canonical version (PEP 440) of a project's file, or nothing when it is not one of the project.

    `project` is the canonical name. Wheels, source distributions and eggs; nothing else is installed by anybody.
    """
    return canonical_version(pypi_version_text(project, filename))


def sorter(project: str) -> Callable[[str], str]:
    """Return `pypi_version` for one project's many files: what two names have in common is looked at once."""
    heads: dict[str, str] = {}

    def version(filename: str) -> str:
        if not filename.endswith(".whl"):
            return pypi_version(project, filename)
        second = filename.find("-", filename.find("-") + 1)
        head = filename[: second + 1]
        found = heads.get(head)
        if found is None:
            found = heads[head] = pypi_version(project, head + "py3-none-any.whl") if second > 0 else ""
        rest = filename.count("-", second + 1)
        if rest == 2 or (rest == 3 and filename[second + 1].isdigit()):
            return found if _FILE.fullmatch(filename) else ""
        return ""

    return version


def pypi_version_text(project: str, filename: str) -> str:
    """Return the version as the file name spells it, not yet checked against PEP 440; or nothing."""
    if _FILE.fullmatch(filename) is None:
        return ""
    if filename.endswith(".whl"):
        name, _, rest = filename.partition("-")
        version, _, rest = rest.partition("-")
        dashes = rest.count("-")
        if (dashes == 2 or (dashes == 3 and rest[0].isdigit())) and _is(project, name):
            return version.replace("_", "-")
        return ""
    if filename.endswith(".egg"):
        parts = filename[:-4].split("-", 2)
        told = len(parts) == 3 and _is(project, parts[0]) and _EGG_TAG.fullmatch("-" + parts[2])
        return parts[1].replace("_", "-") if told else ""
    for ending in SDISTS:
        if filename.endswith(ending):
            return _after_name(project, filename[: -len(ending)])
    return ""


def canonical_version(text: str) -> str:
    """Return PEP 440's spelling of a version, or nothing when it is none."""
    if not text or len(text) > 255:
        return ""
    try:
        return str(Version(text))
    except (InvalidVersion, ValueError):
        return ""


def release_key(text: str) -> str:
    """Return what is equal for the spellings of one release (`2.0`, `2.0.0`, `v2`); nothing when it is no version."""
    version = canonical_version(text)
    return canonicalize_version(version) if version else ""


def is_wheel(filename: str) -> bool:
    """Tell whether a file is a built distribution that is installed without a build."""
    return filename.endswith((".whl", ".egg"))


def is_sdist(filename: str) -> bool:
    """Tell whether a file is a source distribution: installing it runs a build."""
    return filename.endswith(SDISTS)


def _is(project: str, spelled: str) -> bool:
    return spelled == project or pypi.normalize(spelled) == project


def _after_name(project: str, stem: str) -> str:
    """Old source distributions have dashes in name and version alike: the project's name tells where to cut."""
    size = len(project)
    if stem[size : size + 1] == "-" and stem[size + 1 : size + 2].isdigit() and _is(project, stem[:size]):
        return stem[size + 1 :]
    at = stem.find("-")
    while at > 0:
        if _is(project, stem[:at]) and canonical_version(stem[at + 1 :]):
            return stem[at + 1 :]
        at = stem.find("-", at + 1)
    return ""
