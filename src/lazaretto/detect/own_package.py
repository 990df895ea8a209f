"""The package that the subject itself is, read from its manifest: its name, and what it says about itself.

An application's manifest is not a package: only what could be published counts (`package.json` with a version, not
private, with something to load; `PKG-INFO` and `METADATA` files always).
"""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import HeaderParser

from lazaretto.detect.project import Project
from lazaretto.model.package import Package, Relation
from lazaretto.parse.blob import Blob

MANIFEST_BYTES = 1 << 20
_LOADED = ("main", "module", "exports", "bin", "files", "browser", "types", "gypfile")
_DIST_INFO = re.compile(r"(?:^|[/!])[^/]+\.(?:dist|egg)-info/(?:METADATA|PKG-INFO)$|(?:^|/)PKG-INFO$")
_READMES = ("README.md", "readme.md", "Readme.md", "README")
_HEADING = re.compile(r"^(?:#\s{0,4}|<h1[^>]{0,80}>\s{0,4})([^\n<]{1,80})", re.MULTILINE)
_HOME = re.compile(r"https?://([\w.-]{3,200}(?:/[\w./~-]{0,200})?)")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{3,100}")
_ASIDE = re.compile(r"[<(][^<>()]{0,200}[>)]|[\w.+-]{1,64}@[\w.-]{3,100}|[\"']")
_FORK = re.compile(
    r"(?i)\b(?:this is|is|as|maintained|friendly|hard|own|a)\s{1,3}(?:an? )?(?:\w{1,20} ){0,2}fork\b"
    r"|\bfork(?:ed)? (?:of|from)\b"
)
_NOBODY = frozenset({"", "unknown", "none", "author", "contributors", "n/a", "your name", "email@example.com"})
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
    repositories: tuple[str, ...] = ()
    """`owner/name` of the repositories that it calls its own, lower case."""
    homes: tuple[str, ...] = ()
    """Other addresses that it calls its own: host and path, lower case."""
    authors: tuple[str, ...] = ()
    """Names and mail addresses of author and maintainers, lower case."""
    forked: bool = False
    """True when the beginning of its README says that it is a fork."""


def own_packages(project: Project) -> tuple[OwnPackage, ...]:
    """Return the packages that the subject is, if any, each name once, from the manifest nearest to the root."""
    return project.derived(_own_packages)


def _own_packages(project: Project) -> tuple[OwnPackage, ...]:
    return tuple(_manifests(project))


def _manifests(project: Project) -> Iterator[OwnPackage]:
    fetched = _is_fetched(project)
    near = [
        path for path in project.files if _inner(path, fetched=fetched).count("/") <= 2 and "node_modules/" not in path
    ]
    seen: set[tuple[str, str]] = set()
    for path in sorted(near, key=lambda path: (path.count("/"), path)):
        found = _read(project, path, _inner(path, fetched=fetched))
        if found is not None and (found.world, found.name) not in seen:
            seen.add((found.world, found.name))
            yield found


def as_packages(project: Project) -> Iterator[Package]:
    """Yield the subject's own packages as inventory rows, so that they can be matched against intelligence."""
    for own in own_packages(project):
        yield Package(own.world, own.name, own.version, own.path, own.line, Relation.INSTALLED)


def is_own_document(path: str) -> bool:
    """Tell by its path whether a file of an archive may be read here: it must be kept when the archive is gone."""
    name = posixpath.basename(path)
    return (name == "PKG-INFO" or name in _READMES) and path.rpartition("!/")[2].count("/") <= 1


def _is_fetched(project: Project) -> bool:
    """Tell whether the subject is nothing but archives (and their members), as packages are fetched."""
    outer = {path.partition("!/")[0] for path in project.files if "!/" in path}
    return bool(outer) and all(
        "/" not in path.partition("!/")[0] and path.partition("!/")[0] in outer for path in project.files
    )


def _inner(path: str, *, fetched: bool) -> str:
    """Return a path within its archive where the subject is nothing but archives."""
    return path.partition("!/")[2] or path if fetched else path


def _read(project: Project, path: str, inner: str) -> OwnPackage | None:
    npm = posixpath.basename(path) == "package.json" and inner.count("/") <= 1 and _is_root(project, path)
    if not npm and not _DIST_INFO.search(inner):
        return None
    blob = project.read(path)
    if blob is None or len(blob.data) > MANIFEST_BYTES:
        return None
    return _of_npm(project, blob) if npm else _of_pypi(blob)


def _is_root(project: Project, path: str) -> bool:
    """A manifest one level down is the root's only in an unpacked archive, where everything lies in one folder."""
    folder = posixpath.dirname(path)
    archive = folder.partition("!/")[0] if "!/" in folder else ""
    return not folder or all(other.startswith(f"{folder}/") or other == archive for other in project.files)


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
    places = (document.get("homepage"), _url(document.get("repository")), _url(document.get("bugs")))
    links = [link for link in places if isinstance(link, str)]
    people = [document.get("author"), *_list(document.get("maintainers")), *_list(document.get("contributors"))[:10]]
    folder = posixpath.dirname(blob.path)
    readme = _readme(project, folder)
    return OwnPackage(
        world="npm",
        name=name,
        version=document["version"],
        path=blob.path,
        line=blob.find_line(f'"{name}"'),
        summary=text if isinstance(text := document.get("description"), str) else "",
        links=_names(_repositories(links)),
        title=_title(readme).strip(" *`"),
        repositories=_repositories(links),
        homes=_homes(links),
        authors=_people(people),
        forked=_says_fork(readme),
    )


def _of_pypi(blob: Blob) -> OwnPackage | None:
    headers = HeaderParser().parsestr(blob.text)
    name = headers.get("Name")
    if not name:
        return None
    links = [
        str(headers.get("Home-page", "")),
        *(str(row).partition(",")[2] for row in headers.get_all("Project-URL", [])),
    ]
    body = str(headers.get_payload() or headers.get("Description", ""))
    people = [str(headers.get(key, "")) for key in ("Author", "Author-email", "Maintainer", "Maintainer-email")]
    return OwnPackage(
        world="pypi",
        name=re.sub(r"[-_.]+", "-", str(name).strip()).lower(),
        version=str(headers.get("Version", "")).strip(),
        path=blob.path,
        line=blob.find_line("\nName:") + 1 if b"\nName:" in blob.data else 1,
        summary=str(headers.get("Summary", "")),
        links=_names(_repositories(links)),
        title=_title(body),
        repositories=_repositories(links),
        homes=_homes(links),
        authors=_people(people),
        forked=_says_fork(body),
    )


def _url(value: object) -> object:
    return value.get("url") if isinstance(value, dict) else value


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _repositories(links: Iterable[str]) -> tuple[str, ...]:
    found = (match for link in links if (match := _REPOSITORY.search(link[:500])))
    return tuple(dict.fromkeys(f"{match[1]}/{match[2].removesuffix('.git')}".lower() for match in found))


def _names(repositories: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(repository.partition("/")[2] for repository in repositories))


def _homes(links: Iterable[str]) -> tuple[str, ...]:
    found = (match[1] for link in links if not _REPOSITORY.search(link[:500]) and (match := _HOME.search(link[:500])))
    return tuple(dict.fromkeys(home.lower().removeprefix("www.").rstrip("/") for home in found))


def _people(rows: Iterable[object]) -> tuple[str, ...]:
    """Read `Name <mail> (url)`, `{"name": ..., "email": ...}` and lists of them with commas."""
    found: list[str] = []
    for row in rows:
        parts = [row.get("name"), row.get("email")] if isinstance(row, dict) else [row]
        for text in (part for part in parts if isinstance(part, str)):
            found.extend(_MAIL.findall(text[:2000]))
            found.extend(re.split(r"[,;]| and ", _ASIDE.sub("", text[:2000])))
    return tuple(dict.fromkeys(name for text in found if (name := " ".join(text.lower().split())) not in _NOBODY))


def _readme(project: Project, folder: str) -> str:
    for name in _READMES:
        if (path := posixpath.join(folder, name)) in project.files and (blob := project.read(path)) is not None:
            return blob.text[:4000]
    return ""


def _title(text: str) -> str:
    heading = _HEADING.search(text[:4000])
    return heading.group(1).strip().lower() if heading else ""


def _says_fork(text: str) -> bool:
    return _FORK.search(text[:4000]) is not None
