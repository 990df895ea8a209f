"""What a request asks for: its raw path, read strictly and once.

Clients spell paths in few ways, attackers in many. So the raw path is taken apart here before anything decodes it: one
spelling of each thing, everything else is `None` and answered with 400. A name is never joined into a file's path or an
upstream's address unless it went through this module.

    npm    /NAME  /@SCOPE/NAME  /@SCOPE%2fNAME   then  /VERSION-OR-TAG  or  /-/FILE.tgz     and  /-/...
    PyPI   /simple/  /simple/NAME/  /files/NAME/FILE[.metadata]  /pypi/NAME[/VERSION]/json
           /integrity/NAME/VERSION/FILE/provenance
    team   /t/TEAM/ before any of them
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

MOST = 2048
"""Characters of a path; longer ones are nobody's package."""
_PLAIN = re.compile(r"/[A-Za-z0-9._~!$'()*+,;=:@%/-]*")
_ESCAPES = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NPM = r"[A-Za-z0-9][A-Za-z0-9._~!'()*-]{0,213}|_[A-Za-z0-9._~!'()*-]{1,213}"
_NPM_NAME = re.compile(_NPM)
_SCOPE = re.compile(r"@[A-Za-z0-9_][A-Za-z0-9._~-]{0,100}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~-]{0,255}")
_PYPI_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
_FILE = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9._+!~()@-]{0,300}")
_TEAM = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RUN = re.compile(r"[-_.]+")


class Kind(StrEnum):
    """What is asked for."""

    NPM_DOCUMENT = "npm-document"
    NPM_VERSION = "npm-version"
    NPM_FILE = "npm-file"
    NPM_SERVICE = "npm-service"
    """`/-/...`: ping, whoami, search, audit, keys, attestations, dist-tags, login."""
    SIMPLE_ROOT = "simple-root"
    SIMPLE_PAGE = "simple-page"
    SIMPLE_MOVED = "simple-moved"
    """A page's address in another spelling: redirect to the canonical one."""
    PYPI_FILE = "pypi-file"
    PYPI_METADATA = "pypi-metadata"
    PYPI_JSON = "pypi-json"
    PYPI_PROVENANCE = "pypi-provenance"
    ADMIN = "admin"
    ROOT = "root"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request's subject. All texts are decoded and checked."""

    kind: Kind
    name: str = ""
    """Canonical package name."""
    rest: str = ""
    """Version or tag, file name, or the path of a service."""
    version: str = ""
    """Version of PyPI's documents."""
    team: str = ""
    """From the path; a token may say it, too."""


def read(raw: str, *, wants_simple: bool = False) -> Asked | None:
    """Read a raw path (query removed). `wants_simple`: the client's Accept asks for a simple page or HTML.

    None for anything that is no proper spelling: `..`, `//`, encoded slashes outside a scope, NUL, other bytes.
    """
    if len(raw) > MOST or not _PLAIN.fullmatch(raw) or _ESCAPES.search(raw):
        return None
    team = ""
    if raw.startswith("/t/") and raw.count("/") >= 3 and not raw.startswith("/t/-/"):
        _, _, team, rest = raw.split("/", 3)
        if not _TEAM.fullmatch(team):
            return None
        raw = "/" + rest
    asked = _read(raw, wants_simple=wants_simple)
    return None if asked is None else Asked(asked.kind, asked.name, asked.rest, asked.version, team)


def _read(raw: str, *, wants_simple: bool) -> Asked | None:
    if raw == "/":
        return Asked(Kind.ROOT)
    if raw.startswith("/-/"):
        return _service(raw)
    slash = raw.endswith("/")
    encoded = raw[1:].removesuffix("/").split("/")
    if "" in encoded:
        return None
    scoped = _scoped(encoded)
    if scoped is None:
        return None
    parts = scoped
    head, count = parts[0], len(parts)
    if head == "simple" and (slash or (wants_simple and count == 2)):
        return _simple(parts, slash=slash)
    if head == "files" and count == 3 and parts[1] != "-":
        return _python_file(parts[1], parts[2])
    if head == "pypi" and count in (3, 4) and parts[-1] == "json" and parts[1] != "-":
        version = parts[2] if count == 4 else ""
        if not _PYPI_NAME.fullmatch(parts[1]) or (version and not _VERSION.fullmatch(version.replace("!", ""))):
            return None
        return Asked(Kind.PYPI_JSON, canonical(parts[1]), version=version)
    if head == "integrity" and count == 5 and parts[-1] == "provenance":
        name, version, file = parts[1:4]
        if not _PYPI_NAME.fullmatch(name) or not _VERSION.fullmatch(version.replace("!", "")) or not is_file(file):
            return None
        return Asked(Kind.PYPI_PROVENANCE, canonical(name), file, version)
    return _npm(parts) if not slash or count == 1 else None


def canonical(name: str) -> str:
    """Normalise a project's name (PEP 503)."""
    return _RUN.sub("-", name).lower()


def is_file(name: str) -> bool:
    """Tell whether a text can be the name of a distribution file."""
    return _FILE.fullmatch(name) is not None and ".." not in name


def _scoped(encoded: list[str]) -> list[str] | None:
    """Decode each part once; a scope and its name become one part. None when a part hides a slash, NUL or worse."""
    parts: list[str] = []
    for place, text in enumerate(encoded):
        part = unquote(text, errors="strict") if "%" in text else text
        if place == 0 and part.startswith("@") and part.count("/") == 1:  # @scope%2fname, and only here
            scope, _, name = part.partition("/")
            if not _SCOPE.fullmatch(scope) or not _NPM_NAME.fullmatch(name):
                return None
            parts.append(part)
            continue
        if not part.isascii() or not part.isprintable() or any(c in part for c in "/\\%?# ") or part in (".", ".."):
            return None
        parts.append(part)
    if parts[0].startswith("@") and "/" not in parts[0]:
        if len(parts) < 2 or not _SCOPE.fullmatch(parts[0]) or not _NPM_NAME.fullmatch(parts[1]):
            return None
        parts[:2] = [f"{parts[0]}/{parts[1]}"]
    return parts


def _simple(parts: list[str], *, slash: bool) -> Asked | None:
    if len(parts) == 1:
        return Asked(Kind.SIMPLE_ROOT)
    if len(parts) != 2 or not _PYPI_NAME.fullmatch(parts[1]):
        return None
    name = canonical(parts[1])
    same = slash and name == parts[1]
    return Asked(Kind.SIMPLE_PAGE if same else Kind.SIMPLE_MOVED, name)


def _python_file(name: str, file: str) -> Asked | None:
    if not _PYPI_NAME.fullmatch(name) or not is_file(file):
        return None
    if file.endswith(".metadata"):
        return Asked(Kind.PYPI_METADATA, canonical(name), file.removesuffix(".metadata"))
    return Asked(Kind.PYPI_FILE, canonical(name), file)


def _npm(parts: list[str]) -> Asked | None:
    name = parts[0]
    if "/" not in name and not _NPM_NAME.fullmatch(name):
        return None
    if name in (".", "..") or ".." in name:
        return None
    if len(parts) == 1:
        return Asked(Kind.NPM_DOCUMENT, name)
    if len(parts) == 2 and _VERSION.fullmatch(parts[1]):
        return Asked(Kind.NPM_VERSION, name, parts[1])
    if len(parts) == 3 and parts[1] == "-" and is_file(parts[2]) and parts[2].endswith(".tgz"):
        return Asked(Kind.NPM_FILE, name, parts[2])
    return None


def _service(raw: str) -> Asked | None:
    rest = raw.removeprefix("/-/")
    plain = unquote(rest, errors="replace")
    if not plain.isascii() or not plain.isprintable() or "\\" in plain or "//" in f"/{plain}":
        return None
    if any(part in (".", "..") for part in plain.split("/")):
        return None
    if rest == "lazaretto" or rest.startswith("lazaretto/"):
        return Asked(Kind.ADMIN, rest=rest.removeprefix("lazaretto").strip("/"))
    return Asked(Kind.NPM_SERVICE, rest=rest)
