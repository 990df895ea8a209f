"""pdm.lock (PDM, lock formats 2 to 4).

    [[package]] name, version, groups, files = [{file | url, hash}], git + ref + revision | url | path, editable

A package with extras has an entry of its own with the same name and version; it is listed once.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lazaretto.ecosystems import pypi
from lazaretto.lockfiles.entries import bad_entry, file_name, tidy, toml_tables
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.poetry import first_hash
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_toml


def accepts(path: str) -> bool:
    """`pdm.lock`, and `pdm.NAME.lock` (PDM's `-L`)."""
    name = file_name(path)
    return name == "pdm.lock" or (name.startswith("pdm.") and name.endswith(".lock"))


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every locked package once per version and address."""
    document = load_toml(blob)
    seen: set[tuple[str, str, str]] = set()
    for table, line, name in toml_tables(blob, document, "package"):
        if not name:
            yield bad_entry(blob.path, line, "[[package]]", N_("it has no name"))
            continue
        groups = as_sequence(table.get("groups"))
        package = Package(
            pypi.ID,
            pypi.normalize(name),
            as_text(table.get("version")),
            blob.path,
            line,
            requirement=as_text(table.get("ref")),
            url=_address(table),
            integrity=first_hash(table.get("files")),
            dev="dev" in groups and "default" not in groups,
        )
        key = (package.name, package.version, package.url)
        if key not in seen:
            seen.add(key)
            yield package


def _address(table: Mapping[str, Any]) -> str:
    git, revision = as_text(table.get("git")), as_text(table.get("revision"))
    if git:
        return f"git+{git}@{revision}" if revision else f"git+{git}"
    if own := as_text(table.get("url")) or as_text(table.get("path")):
        return own
    return next((as_text(as_mapping(file).get("url")) for file in as_sequence(table.get("files"))), "")


FORMAT = Format("pdm-lock", "pdm.lock (PDM)", accepts, read)
