"""pylock.toml and pylock.NAME.toml (PEP 751).

    [[packages]] name, version (optional), index, vcs | directory | archive | sdist + wheels

The project itself may stand in it as a directory without a version (pip writes it so); it is left out.
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
    """`pylock.toml` or `pylock.NAME.toml`, where NAME holds no dot."""
    name = file_name(path)
    return name == "pylock.toml" or (name.startswith("pylock.") and name.endswith(".toml") and name.count(".") == 2)


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every locked package. `url` is the VCS address, the archive, the first file, or else the index."""
    for table, line, name in toml_tables(blob, load_toml(blob), "packages"):
        directory = as_text(as_mapping(table.get("directory")).get("path"))
        version = as_text(table.get("version"))
        if directory in (".", "./") and not version:
            continue
        if not name:
            yield bad_entry(blob.path, line, "[[packages]]", N_("it has no name"))
            continue
        vcs, file = as_mapping(table.get("vcs")), _file(table)
        yield Package(
            pypi.ID,
            pypi.normalize(name),
            version,
            blob.path,
            line,
            requirement=as_text(vcs.get("requested-revision")) or directory,
            url=_vcs_address(vcs)
            or as_text(file.get("url"))
            or as_text(file.get("path"))
            or as_text(table.get("index")),
            integrity=_integrity(file),
        )


def _file(table: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in ("archive", "sdist"):
        if file := as_mapping(table.get(key)):
            return file
    return next((as_mapping(wheel) for wheel in as_sequence(table.get("wheels"))), {})


def _vcs_address(vcs: Mapping[str, Any]) -> str:
    where = as_text(vcs.get("url")) or as_text(vcs.get("path"))
    if not where:
        return ""
    commit = as_text(vcs.get("commit-id"))
    kind = as_text(vcs.get("type")) or "git"
    return f"{kind}+{where}@{commit}" if commit else f"{kind}+{where}"


def _integrity(file: Mapping[str, Any]) -> str:
    hashes = as_mapping(file.get("hashes"))
    algorithm = "sha256" if "sha256" in hashes else next(iter(hashes), "")
    return f"{algorithm}:{as_text(hashes[algorithm])}" if algorithm else ""


FORMAT = Format("pylock", "pylock.toml (PEP 751)", accepts, read)
