"""pnpm-lock.yaml, lockfileVersion 5.x, 6.x, 7.x and 9.x, and pnpm's own record node_modules/.pnpm/lock.yaml.

Source: the lockfile specification in pnpm/spec, and `@pnpm/dependency-path` of pnpm/pnpm. A key of `packages` is a
dependency path; how it spells name and version depends on the lockfile's version:

    5.x     /name/1.0.0_peer@2.0.0    /@scope/name/1.0.0    registry.example.test/name/1.0.0
    6, 7    /name@1.0.0(peer@2.0.0)   /@scope/name@1.0.0    registry.example.test/name@1.0.0
    9       name@1.0.0                @scope/name@1.0.0     (the peers stand in `snapshots`)
    all     file:PATH   github.com/user/repo/COMMIT   name@https://...   name@git+ssh://...

Packages that are not from a registry say their `name` and `version` inside the entry; these win. pnpm 10 and later may
write a second YAML document for the package manager and configuration dependencies; every document is read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from lazaretto.ecosystems import npm
from lazaretto.lockfiles.entries import bad_entry, bounded, file_name
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.npm_rows import NO_NAME, NOT_A_MAPPING, cut, in_node_modules, usable
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package, Relation
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import Lined, as_mapping, as_text, load_yaml_all
from lazaretto.parse.views import ParseError

_CURRENT = "node_modules/.pnpm/lock.yaml"
_GROUPS = ("dependencies", "devDependencies", "optionalDependencies")
_MAJOR = re.compile(r"\D{0,16}(\d{1,3})")


def accepts(path: str) -> bool:
    """pnpm-lock.yaml outside node_modules (also of one git branch), and pnpm's own record inside."""
    name = file_name(path)
    if name == "lock.yaml":
        return path == _CURRENT or path.endswith("/" + _CURRENT)
    return name.startswith("pnpm-lock.") and name.endswith(".yaml") and not in_node_modules(path)


def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterable[Package | Gap]:
    """Yield what one pnpm lockfile pins.

    Raises:
        ParseError: not YAML, or no mapping.
    """
    return bounded(_rows(blob), blob.path)


def split_path(path: str, major: int) -> tuple[str, str]:
    """Take a dependency path apart into name and version; both empty when it encodes none.

    `major` is the lockfile's. The version is empty for addresses, whose entry has to give it.
    """
    path = path.partition("(")[0]
    if major < 9:
        if path.startswith(("file:", "link:")):
            return "", ""
        path = path.partition("/")[2]  # what stands before it is a registry's host, or nothing
    path = path.removeprefix("/")
    if major < 6:
        parts = path.split("/")
        taken = 2 if path.startswith("@") else 1
        name, version = "/".join(parts[:taken]), parts[taken] if len(parts) > taken else ""
        version = version.partition("_")[0]
        return (name, version) if npm.is_exact(version) else ("", "")
    name, version = npm.split_at_version(path)
    version = version.partition("_")[0] if major < 9 else version
    if npm.is_exact(version):
        return name, version
    return (name, "") if major >= 9 and version else ("", "")


def _rows(blob: Blob) -> Iterator[Package | Gap]:
    relation = Relation.INSTALLED if blob.path.endswith(_CURRENT) else Relation.LOCKED
    for number, document in enumerate(load_yaml_all(blob)):
        if document is None:
            continue
        if not isinstance(document, Lined):
            if number == 0:
                raise ParseError("the document is not a mapping")
            yield bad_entry(blob.path, 1, f"document {number + 1}", NOT_A_MAPPING)
            continue
        packages = document.get("packages")
        if packages is not None and not isinstance(packages, dict):
            yield bad_entry(blob.path, document.lines.get("packages", 1), "packages", NOT_A_MAPPING)
        yield from _document(blob, document, relation)


def _document(blob: Blob, document: Lined, relation: Relation) -> Iterator[Package | Gap]:
    found = _MAJOR.match(as_text(document.get("lockfileVersion")))
    packages, snapshots = as_mapping(document.get("packages")), as_mapping(document.get("snapshots"))
    major = int(found[1]) if found else _guess(packages)
    direct = _direct(document, major)
    aliases = {(name, version): key for key, name, version, _ in direct if key != name}
    seen = set()
    for path, entry in packages.items():
        line = packages.lines.get(path, 1) if isinstance(packages, Lined) else 1
        seen.add(path.partition("(")[0])
        if entry is not None and not isinstance(entry, dict):
            yield bad_entry(blob.path, line, path, NOT_A_MAPPING)
            continue
        yield _row(blob, path, as_mapping(entry), major, line, relation, aliases)
    for path in snapshots:
        if path.partition("(")[0] not in seen:
            seen.add(path.partition("(")[0])
            line = snapshots.lines.get(path, 1) if isinstance(snapshots, Lined) else 1
            yield _row(blob, path, {}, major, line, relation, aliases)
    known = {split_path(path, major) for path in seen}
    for _, name, version, line in direct:
        if (name, version) not in known:  # a shortened or doctored lockfile
            known.add((name, version))
            yield bad_entry(
                blob.path, line, f"{name}@{version}", "the project uses it, but `packages` does not list it"
            )


def _row(
    blob: Blob,
    path: str,
    entry: Mapping[str, Any],
    major: int,
    line: int,
    relation: Relation,
    aliases: Mapping[tuple[str, str], str],
) -> Package | Gap:
    name, version = split_path(path, major)
    name = as_text(entry.get("name")) or name
    version = as_text(entry.get("version")) or version
    if not usable(name):
        return bad_entry(blob.path, line, path, NO_NAME)
    resolution = as_mapping(entry.get("resolution"))
    url = as_text(resolution.get("tarball"))
    commit = as_text(resolution.get("commit"))
    if commit:
        url = f"{as_text(resolution.get('repo'))}#{commit}"
    folder = as_text(resolution.get("directory"))
    reference = npm.split_at_version(path)[1] if major >= 9 else path
    asked = "" if npm.is_exact(split_path(path, major)[1]) else f"file:{folder}" if folder else url or reference
    return Package(
        "npm",
        name,
        version,
        blob.path,
        line,
        relation,
        requirement=cut(asked),
        url=cut(url),
        integrity=cut(as_text(resolution.get("integrity"))),
        alias=aliases.get((name, version), ""),
        dev=entry.get("dev") is True,
    )


def _guess(packages: Mapping[str, Any]) -> int:
    """Tell the lockfile's version by the shape of its keys, when the document does not say it."""
    first = next((key for key in packages if "@" in key[1:] or "/" in key), "")
    if not first.startswith("/"):
        return 9
    return 6 if "@" in first.rpartition("/")[2].partition("_")[0].partition("(")[0] else 5


def _direct(document: Mapping[str, Any], major: int) -> list[tuple[str, str, str, int]]:
    """Return (key, name, version, line) for what the importers use directly, as far as versions are exact."""
    found = []
    importers = [document, *(as_mapping(importer) for importer in as_mapping(document.get("importers")).values())]
    for importer in importers:
        for group in _GROUPS:
            entries = as_mapping(importer.get(group))
            for key, value in entries.items():
                path = as_text(value.get("version") if isinstance(value, dict) else value)
                bare = path.partition("(")[0].partition("_")[0] if major < 9 else path.partition("(")[0]
                name, version = (key, bare) if npm.is_exact(bare) else split_path(path, major)
                if usable(name) and npm.is_exact(version):
                    line = entries.lines.get(key, 1) if isinstance(entries, Lined) else 1
                    found.append((key, name, version, line))
    return found


FORMAT = Format("pnpm", "pnpm-lock.yaml (pnpm)", accepts, read)
