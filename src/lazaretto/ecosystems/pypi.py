"""Python packages: names (PEP 503), versions (PEP 440), requirements (PEP 508) as they are found in the wild.

    normalize  Zope_Interface -> zope.interface's canonical spelling `zope-interface`
    split      `pypi:requests==2.32.3` -> (`requests`, `2.32.3`)
    dependency one requirement line -> `Dependency`, strict first, then the spellings that old setuptools allowed

Nothing here raises on a bad version: what PEP 440 does not know is answered with `None`, "not known".
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from lazaretto.ecosystems.ecosystem import Ecosystem

ID: Final = "pypi"
"""Package URL type."""
LONGEST: Final = 4096
"""Characters of a requirement that are looked at."""
LONGEST_NAME: Final = 200

_SEPARATORS = re.compile(r"[-_.]+")
_NAME = re.compile(r"(?ai)[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?")
_OLD_STYLE = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,200})\s?(?:\[[^\[\]]{0,500}\])?\s?"
    r"\(?(?P<spec>(?:===|[<>=!~]=|[<>])\s?[A-Za-z0-9*][\w.*+!-]{0,100}"
    r"(?:\s?,\s?(?:===|[<>=!~]=|[<>])\s?[\w.*+!-]{1,100}){0,20})\)?"
)
_HEAD = re.compile(r"\s{0,8}[A-Za-z0-9._-]{1,300}\s{0,8}(?:\[[^\[\]]{0,500}\])?")
_EXACT = re.compile(r"={2,3}\s?(?P<version>[A-Za-z0-9][\w.+!-]{0,200})")
_VCS = ("git+", "hg+", "svn+", "bzr+")


@dataclass(frozen=True, slots=True)
class Dependency:
    """What one requirement asks for."""

    name: str
    """PEP 503 spelling; empty when only a URL is given and it does not tell."""
    version: str = ""
    """Exact version (`==1.2.3`, `===x`, or the version in a file's name); empty for anything looser."""
    requirement: str = ""
    """The specifier or URL as written when there is no exact version, without extras and markers."""
    url: str = ""
    """Where the file or checkout comes from, when the requirement says so."""


def normalize(name: str) -> str:
    """Return the canonical spelling of a project name (PEP 503): lower case, runs of `-_.` as one `-`."""
    return _SEPARATORS.sub("-", name.strip()).lower()


def is_name(name: str) -> bool:
    """Tell whether `name` may be a project's name (PEP 508)."""
    return len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


def is_exact(version: str) -> bool:
    """Tell whether `version` is one PEP 440 version: no operator, no wildcard, not empty."""
    return _version(version) is not None


def split(text: str) -> tuple[str, str]:
    """Split what a person types, `pypi:name==version`, `name==version` or a bare name, into name and version.

    Extras are dropped; the version is empty when there is none.

    Raises:
        ValueError: no project name, or a range where one exact version is needed.
    """
    bare = text.strip().removeprefix("pypi:").strip()
    name, operator, version = bare.partition("==")
    name, version = name.partition("[")[0].strip(), version.lstrip("=").strip()
    if not is_name(name):
        raise ValueError(f"{text!r} is not a PyPI project: write pypi:NAME==VERSION")
    if operator and ("*" in version or not version):
        raise ValueError(f"{text!r} names no exact version: write pypi:NAME==VERSION")
    return normalize(name), version


def compare(left: str, right: str) -> int | None:
    """Return -1, 0 or 1 in PEP 440 order; None when either is no PEP 440 version and they are not the same text."""
    a, b = _version(left), _version(right)
    if a is None or b is None:
        return 0 if left.strip() == right.strip() else None
    return (a > b) - (a < b)


def satisfies(version: str, specifier: str) -> bool | None:
    """Tell whether `version` lies in a PEP 440 specifier set such as `>=1.0,<2`; None when either is not understood.

    An empty specifier allows everything. Pre-releases count: the question is what may be installed, not what is
    preferred.
    """
    if not specifier.strip():
        return True
    if exact(specifier) == version.strip():
        return True
    parsed = _version(version)
    if parsed is None or len(specifier) > LONGEST:
        return None
    try:
        return SpecifierSet(specifier).contains(parsed, prereleases=True)
    except (InvalidSpecifier, InvalidVersion, ValueError):
        return None


def exact(specifier: str) -> str:
    """Return the version that `specifier` pins (`==1.2.3` or `===x`), or the empty text for anything looser."""
    match = _EXACT.fullmatch(specifier.strip().strip("()").strip()[:LONGEST])
    return match["version"] if match else ""


def dependency(text: str) -> Dependency:
    """Read one requirement: PEP 508, a URL, a version control address, or a spelling of old setuptools.

    Raises:
        ValueError: it is none of them; the reason is one short sentence.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise ValueError("longer than any requirement")
    if is_url(text):
        return from_url(text.partition(" ;")[0].strip())
    if text.lower().endswith((".whl", ".tar.gz", ".zip")) and "@" not in text:
        return from_url(text)
    try:
        read = Requirement(text)
    except InvalidRequirement as error:
        bare = " ".join(text.partition(";")[0].split())
        old = _OLD_STYLE.fullmatch(bare)
        if old is None:
            raise ValueError(str(error).split("\n", maxsplit=1)[0][:160]) from error
        return _ranged(old["name"], old["spec"])
    if read.url:
        return Dependency(normalize(read.name), requirement=read.url, url=read.url)
    return _ranged(read.name, _HEAD.sub("", text.partition(";")[0], count=1).strip().strip("()").strip())


def is_url(text: str) -> bool:
    """Tell whether a requirement is nothing but an address (`https://...`, `git+ssh://...`, `git+git@...`)."""
    return text.startswith(_VCS) or "://" in text.partition(" ")[0].partition("@")[0][:32]


def from_url(address: str) -> Dependency:
    """Read an address or a path of a wheel or source archive. The name is empty when the address does not tell."""
    base, _, fragment = address.partition("#")
    name = version = ""
    for part in fragment.split("&"):
        key, _, value = part.partition("=")
        if key == "egg":
            name = unquote(value).partition("[")[0]
    if not is_name(name):
        name = ""
    if not base.startswith(_VCS):
        from_file = file_name(base)
        name, version = name or from_file[0], from_file[1]
    return Dependency(normalize(name), version, "" if version else address, address)


def file_name(address: str) -> tuple[str, str]:
    """Return (name, version) as the file name of a wheel or source archive tells them, or two empty texts."""
    try:
        last = unquote(urlsplit(address).path or address).replace("\\", "/").rpartition("/")[2]
    except ValueError:
        return "", ""
    try:
        if last.endswith(".whl"):
            name, version, _, _ = parse_wheel_filename(last)
        else:
            name, version = parse_sdist_filename(last)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion, ValueError):
        return "", ""
    return str(name), str(version)


def _ranged(name: str, specifier: str) -> Dependency:
    # The version is kept as written (`1.2-alpha`), not as PEP 440 would spell it: records are compared by `compare`.
    version = exact(specifier)
    return Dependency(normalize(name), version, "" if version else specifier)


def _version(text: str) -> Version | None:
    try:
        return Version(text) if len(text) <= LONGEST else None
    except InvalidVersion:
        return None


ECOSYSTEM = Ecosystem(ID, "PyPI", normalize, is_name, is_exact, satisfies, compare)
