"""conda-lock.yml, and explicit lists of conda packages (`conda-linux-64.lock`, `conda list --explicit`).

    package: [{name, version, manager: conda | pip, platform, url, hash: {md5, sha256}, category}]     conda-lock 1-3
    @EXPLICIT / https://channel/linux-64/NAME-VERSION-BUILD.conda#md5                                  explicit lists

A package that is locked for several platforms is listed once.
"""

import re
from collections.abc import Callable, Iterator

from lazaretto.ecosystems import pypi
from lazaretto.lockfiles.entries import Finder, bad_entry, file_name, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_yaml

_ARTEFACT = re.compile(r"(?P<name>[\w.-]{1,200})-(?P<version>[\w.!+]{1,100})-[\w.]{1,100}\.(?:conda|tar\.bz2)")


def accepts(path: str) -> bool:
    """`conda-lock.yml`, `*.conda-lock.yml`, `conda-*.lock`."""
    name = file_name(path).lower()
    if name.endswith((".yml", ".yaml")):
        return name.rpartition(".")[0].endswith("conda-lock")
    return name.startswith("conda-") and name.endswith(".lock")


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every locked package once per version."""
    rows = _explicit(blob) if blob.name.endswith(".lock") else _unified(blob)
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        if isinstance(row, Package):
            key = (row.ecosystem, row.name, row.version)
            if key in seen:
                continue
            seen.add(key)
        yield row


def _unified(blob: Blob) -> Iterator[Package | Gap]:
    finder = Finder(blob)
    for entry in as_sequence(as_mapping(load_yaml(blob)).get("package")):
        table = as_mapping(entry)
        name, version = as_text(table.get("name")), as_text(table.get("version"))
        line = finder.line(f"name: {name}", f'"{name}"') if name else 1
        if not name or not version:
            yield bad_entry(blob.path, line, name or "package", N_("it has no name or no version"))
            continue
        of_pip = table.get("manager") == "pip"
        hashes = as_mapping(table.get("hash"))
        digest = next((f"{kind}:{hashes[kind]}" for kind in ("sha256", "md5") if hashes.get(kind)), "")
        yield Package(
            "pypi" if of_pip else "conda",
            pypi.normalize(name) if of_pip else name,
            version,
            blob.path,
            line,
            url=as_text(table.get("url")),
            integrity=digest,
            dev=as_text(table.get("category")) == "dev",
        )


def _explicit(blob: Blob) -> Iterator[Package | Gap]:
    for line, raw in enumerate(blob.text.splitlines(), 1):
        text = raw.strip()
        if not text or text.startswith(("#", "@")):
            continue
        address, _, digest = text.partition("#")
        match = _ARTEFACT.fullmatch(address.rpartition("/")[2])
        if match is None:
            yield bad_entry(blob.path, line, text, N_("it is no address of a conda package"))
            continue
        kind = "sha256" if len(digest) == 64 else "md5"
        yield Package(
            "conda",
            match["name"],
            match["version"],
            blob.path,
            line,
            url=address,
            integrity=f"{kind}:{digest}" if digest else "",
        )


FORMAT = Format("conda-lock", "conda-lock.yml (conda-lock)", accepts, read)
