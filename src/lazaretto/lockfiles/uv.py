"""uv.lock, and the lock of a script (`tool.py.lock`).

    [[package]] name, version (absent when dynamic), source, sdist = {url | path, hash}, wheels = [{url | path, hash}]

`source` is one of `registry` (index URL or folder), `git` (URL?rev=...#commit), `url`, `path`, `directory`,
`editable`, `virtual`. The project itself stands in its own lock with the folder `.`: it is not a dependency, its name
and version are whatever its author wrote, and so it is left out (osv-scalibr leaves out the virtual one only). Other
members of a workspace are listed.
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

_FOLDERS = ("virtual", "editable", "directory")


def accepts(path: str) -> bool:
    """`uv.lock`, and `*.py.lock`."""
    name = file_name(path)
    return name == "uv.lock" or name.endswith(".py.lock")


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every locked package but the project itself. `url` is the first file's URL, or the git address."""
    for table, line, name in toml_tables(blob, load_toml(blob), "package"):
        source = as_mapping(table.get("source"))
        if any(source.get(kind) == "." for kind in _FOLDERS):
            continue
        if not name:
            yield bad_entry(blob.path, line, "[[package]]", N_("it has no name"))
            continue
        file = _first_file(table)
        folder = next((as_text(source[kind]) for kind in _FOLDERS if kind in source), "")
        yield Package(
            pypi.ID,
            pypi.normalize(name),
            as_text(table.get("version")),
            blob.path,
            line,
            requirement=folder,
            url=_address(source, file),
            integrity=as_text(file.get("hash")),
        )


def _first_file(table: Mapping[str, Any]) -> Mapping[str, Any]:
    sdist = as_mapping(table.get("sdist"))
    return sdist or next((as_mapping(wheel) for wheel in as_sequence(table.get("wheels"))), {})


def _address(source: Mapping[str, Any], file: Mapping[str, Any]) -> str:
    if git := as_text(source.get("git")):
        base, _, commit = git.partition("#")
        return f"git+{base}@{commit}" if commit else f"git+{base}"
    for kind in ("url", "path"):
        if own := as_text(source.get(kind)):
            return own
    # A registry that gives no URL for the file is still where it came from.
    return as_text(file.get("url")) or as_text(source.get("registry"))


FORMAT = Format("uv-lock", "uv.lock (uv)", accepts, read)
