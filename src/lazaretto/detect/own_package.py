"""The package that the subject itself is, read from its manifest: its name, and what it says about itself.

An application's manifest is not a package: only what could be published counts (`package.json` with a version, not
private, with something to load; `PKG-INFO` and `METADATA` files always).
"""

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser

from lazaretto.detect.project import Project
from lazaretto.model.package import Package, Relation
from lazaretto.parse.blob import Blob

MANIFEST_BYTES = 1 << 20
_LOADED = ("main", "module", "exports", "bin", "files", "browser", "types", "gypfile")
_DIST_INFO = re.compile(r"(?:^|[/!])[^/]+\.(?:dist|egg)-info/(?:METADATA|PKG-INFO)$|(?:^|/)PKG-INFO$")
_HEADING = re.compile(r"^(?:#\s{0,4}|<h1[^>]{0,80}>\s{0,4})([^\n<]{1,80})", re.MULTILINE)
_REPOSITORY = re.compile(r"(?:github|gitlab|bitbucket)\.(?:com|org)[/:]([\w.-]{1,100})/([\w.-]{1,100})")


@dataclass(frozen=True, slots=True)
class OwnPackage:
    """What one manifest says about the package that it belongs to."""

    world: str
    """`npm` or `pypi`."""
    name: str
    """Canonical."""
    version: str
    """Empty when the manifest gives none."""
    path: str
    """Of the manifest."""
    line: int
    """Of the name."""
    summary: str
    links: tuple[str, ...]
    """Names of the repositories that it calls its own, lower case, without owner."""
    title: str
    """First heading of the README, lower case; empty when there is none."""


def own_packages(project: Project) -> Iterator[OwnPackage]:
    """Yield the packages that the subject is, if any, each name once, from the manifest nearest to the root."""
    near = [path for path in project.files if path.count("/") <= 2 and "node_modules/" not in path]
    seen: set[tuple[str, str]] = set()
    for path in sorted(near, key=lambda path: (path.count("/"), path)):
        found = _read(project, path)
        if found is not None and (found.world, found.name) not in seen:
            seen.add((found.world, found.name))
            yield found


def as_packages(project: Project) -> Iterator[Package]:
    """Yield the subject's own packages as inventory rows, so that they can be matched against intelligence."""
    for own in own_packages(project):
        yield Package(own.world, own.name, own.version, own.path, own.line, Relation.INSTALLED)


def _read(project: Project, path: str) -> OwnPackage | None:
    npm = posixpath.basename(path) == "package.json" and path.count("/") <= 1 and _is_root(project, path)
    if not npm and not _DIST_INFO.search(path):
        return None
    blob = project.read(path)
    if blob is None or len(blob.data) > MANIFEST_BYTES:
        return None
    return _of_npm(project, blob) if npm else _of_pypi(blob)


def _is_root(project: Project, path: str) -> bool:
    """A manifest one level down is the root's only in an unpacked archive, where everything lies in one folder."""
    folder = posixpath.dirname(path)
    return not folder or all(other.startswith(f"{folder}/") for other in project.files)


def _of_npm(project: Project, blob: Blob) -> OwnPackage | None:
    try:
        document = json.loads(blob.text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("private") or not isinstance(document.get("version"), str):
        return None
    name = document.get("name")
    if not isinstance(name, str) or not name or not any(key in document for key in _LOADED):
        return None
    links = [document.get("homepage"), _url(document.get("repository")), _url(document.get("bugs"))]
    folder = posixpath.dirname(blob.path)
    return OwnPackage(
        world="npm",
        name=name,
        version=document["version"],
        path=blob.path,
        line=blob.find_line(f'"{name}"'),
        summary=text if isinstance(text := document.get("description"), str) else "",
        links=_repositories(link for link in links if isinstance(link, str)),
        title=_title(project, folder),
    )


def _of_pypi(blob: Blob) -> OwnPackage | None:
    headers = HeaderParser().parsestr(blob.text)
    name = headers.get("Name")
    if not name:
        return None
    links = [headers.get("Home-page", ""), *headers.get_all("Project-URL", [])]
    body = headers.get_payload()
    heading = _HEADING.search(str(body)[:4000])
    return OwnPackage(
        world="pypi",
        name=re.sub(r"[-_.]+", "-", str(name).strip()).lower(),
        version=str(headers.get("Version", "")).strip(),
        path=blob.path,
        line=blob.find_line("\nName:") + 1 if b"\nName:" in blob.data else 1,
        summary=str(headers.get("Summary", "")),
        links=_repositories(str(link) for link in links),
        title=heading.group(1).strip().lower() if heading else "",
    )


def _url(value: object) -> object:
    return value.get("url") if isinstance(value, dict) else value


def _repositories(links: Iterator[str]) -> tuple[str, ...]:
    found = [match.group(2).removesuffix(".git").lower() for link in links if (match := _REPOSITORY.search(link[:500]))]
    return tuple(dict.fromkeys(found))


def _title(project: Project, folder: str) -> str:
    for name in ("README.md", "readme.md", "Readme.md", "README"):
        if (path := posixpath.join(folder, name)) in project.files and (blob := project.read(path)) is not None:
            heading = _HEADING.search(blob.text[:4000])
            return heading.group(1).strip(" *`").lower() if heading else ""
    return ""
