"""poetry.lock (Poetry 1.0 to 2.x).

    [[package]] name, version, category (1.0-1.4), optional, groups (2.x), files (1.5+), [package.source]
    [metadata.files] name = [{file, hash}]                                       (before 1.5)

`[package.source]` has a `type`: `git` (url, reference, resolved_reference), `url`, `file`, `directory`, or `legacy`
(an index other than the default one).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lazaretto.ecosystems import pypi
from lazaretto.lockfiles.entries import bad_entry, file_name, tidy, toml_tables
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_toml


def accepts(path: str) -> bool:
    """`poetry.lock`, in any folder."""
    return file_name(path) == "poetry.lock"


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every locked package. `url` is `git+URL@COMMIT`, a file's URL or path, or the index it came from."""
    document = load_toml(blob)
    old_files = as_mapping(as_mapping(document.get("metadata")).get("files"))
    for table, line, name in toml_tables(blob, document, "package"):
        if not name:
            yield bad_entry(blob.path, line, "[[package]]", N_("it has no name"))
            continue
        source = as_mapping(table.get("source"))
        yield Package(
            pypi.ID,
            pypi.normalize(name),
            as_text(table.get("version")),
            blob.path,
            line,
            requirement=as_text(source.get("reference")) if source.get("type") == "git" else "",
            url=address(source),
            integrity=first_hash(table.get("files") or old_files.get(name)),
            dev=is_dev(table),
        )


def address(source: Mapping[str, Any]) -> str:
    """Return where a `[package.source]` table says that the package comes from; empty for the default index."""
    url = as_text(source.get("url"))
    if source.get("type") != "git" or not url:
        return url
    commit = as_text(source.get("resolved_reference")) or as_text(source.get("reference"))
    return f"git+{url}@{commit}" if commit else f"git+{url}"


def first_hash(files: object) -> str:
    """Return the first digest of a list of `{file, hash}` tables, as written (`sha256:...`)."""
    return next((as_text(as_mapping(file).get("hash")) for file in as_sequence(files)), "")


def is_dev(table: Mapping[str, Any]) -> bool:
    """Tell whether only development needs the package, as far as the lock says so."""
    groups = as_sequence(table.get("groups"))
    return table.get("category") == "dev" or (bool(groups) and "main" not in groups)


FORMAT = Format("poetry-lock", "poetry.lock (Poetry)", accepts, read)
