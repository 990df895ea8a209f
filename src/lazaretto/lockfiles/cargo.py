"""Cargo.lock (Cargo, lock versions 1 to 4).

    [[package]] name, version, source = "registry+URL" | "sparse+URL" | "git+URL#commit", checksum

Crates of the workspace stand in it without a source; they are listed like the others, as peers do.
"""

from collections.abc import Callable, Iterator

from lazaretto.lockfiles.entries import bad_entry, file_name, tidy, toml_tables
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_text, load_toml


def accepts(path: str) -> bool:
    """`Cargo.lock`, in any folder."""
    return file_name(path) == "Cargo.lock"


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every crate with its version, checksum and source."""
    for table, line, name in toml_tables(blob, load_toml(blob), "package"):
        if not name:
            yield bad_entry(blob.path, line, "[[package]]", N_("it has no name"))
            continue
        checksum = as_text(table.get("checksum"))
        yield Package(
            "cargo",
            name,
            as_text(table.get("version")),
            blob.path,
            line,
            url=as_text(table.get("source")),
            integrity=f"sha256:{checksum}" if checksum else "",
        )


FORMAT = Format("cargo-lock", "Cargo.lock (Rust)", accepts, read)
