"""Pipfile.lock (pipenv).

    {"_meta": {...}, "default": {NAME: ENTRY}, "develop": {NAME: ENTRY}, CATEGORY: {NAME: ENTRY}}

An entry has `version` (`==1.2.3`), `hashes`, `index`, or `git` + `ref`, `file`, `path`, `editable`. A package that
stands in several categories with the same version is listed once, as needed by the first.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lazaretto.ecosystems import pypi
from lazaretto.lockfiles.declared import is_local_folder
from lazaretto.lockfiles.entries import Finder, bad_entry, file_name, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_json, need_mapping


def accepts(path: str) -> bool:
    """`Pipfile.lock`, in any folder."""
    return file_name(path) == "Pipfile.lock"


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every locked package. An empty file holds none."""
    if not blob.data.strip():
        return
    document = need_mapping(load_json(blob), "the document")
    finder = Finder(blob)
    seen: set[tuple[str, str, str]] = set()
    for category in sorted(document, key=lambda key: key != "default"):
        if category == "_meta":
            continue
        for name, value in as_mapping(document[category]).items():
            line = finder.line(f'"{name}":')
            entry = as_mapping(value)
            if not entry or not name:
                yield bad_entry(blob.path, line, name, N_("it is not a mapping"))
                continue
            url = _address(entry)
            version = pypi.exact(as_text(entry.get("version")))
            if not version and not url:
                if not is_local_folder(as_text(entry.get("path"))):
                    yield bad_entry(blob.path, line, name, N_("it has no exact version and no address"))
                continue
            key = (pypi.normalize(name), version, url)
            if key in seen:
                continue
            seen.add(key)
            yield Package(
                pypi.ID,
                key[0],
                version,
                blob.path,
                line,
                requirement=as_text(entry.get("ref")),
                url=url,
                integrity=next((as_text(digest) for digest in as_sequence(entry.get("hashes"))), ""),
                dev=category != "default",
            )


def _address(entry: Mapping[str, Any]) -> str:
    for kind in ("git", "hg", "svn", "bzr"):
        if url := as_text(entry.get(kind)):
            ref = as_text(entry.get("ref"))
            return f"{kind}+{url}@{ref}" if ref else f"{kind}+{url}"
    path = as_text(entry.get("path"))
    return as_text(entry.get("file")) or (path if path and not is_local_folder(path) else "")


FORMAT = Format("pipfile-lock", "Pipfile.lock (pipenv)", accepts, read)
