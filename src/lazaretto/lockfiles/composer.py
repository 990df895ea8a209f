"""composer.lock (Composer): `{"packages": [...], "packages-dev": [...]}` with name, version, dist, source."""

from collections.abc import Callable, Iterator

from lazaretto.lockfiles.entries import Finder, bad_entry, file_name, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_json, need_mapping


def accepts(path: str) -> bool:
    """`composer.lock`, in any folder."""
    return file_name(path) == "composer.lock"


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every locked package; versions stay as written (`v1.2.3`, `dev-main`)."""
    yield from _rows(blob)


def _rows(blob: Blob) -> Iterator[Package | Gap]:
    document = need_mapping(load_json(blob), "the document")
    finder = Finder(blob)
    for key in ("packages", "packages-dev"):
        for entry in as_sequence(document.get(key)):
            table = as_mapping(entry)
            name = as_text(table.get("name"))
            line = finder.quoted(name)
            if not name:
                yield bad_entry(blob.path, line, key, N_("it has no name"))
                continue
            dist, source = as_mapping(table.get("dist")), as_mapping(table.get("source"))
            digest = as_text(dist.get("shasum"))
            yield Package(
                "composer",
                name,
                as_text(table.get("version")),
                blob.path,
                line,
                url=as_text(dist.get("url")) or as_text(source.get("url")),
                integrity=f"sha1:{digest}" if digest else "",
                dev=key == "packages-dev",
            )


FORMAT = Format("composer-lock", "composer.lock (Composer)", accepts, read)
