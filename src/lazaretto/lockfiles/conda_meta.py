"""Installed conda packages: `conda-meta/NAME-VERSION-BUILD.json` of an environment."""

from collections.abc import Callable, Iterator

from lazaretto.lockfiles.entries import folder, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package, Relation
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_text, load_json, need_mapping
from lazaretto.parse.views import ParseError


def accepts(path: str) -> bool:
    """`conda-meta/*.json`, in any environment."""
    return path.endswith(".json") and f"/{folder(path)}".endswith("/conda-meta/")


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield the one package that the record describes.

    Raises:
        ParseError: not JSON, or a record without name or version.
    """
    document = need_mapping(load_json(blob), "the document")
    name, version = as_text(document.get("name")), as_text(document.get("version"))
    if not name or not version:
        raise ParseError("the record has no name or no version")
    digest = as_text(document.get("sha256")) or as_text(document.get("md5"))
    kind = "sha256" if document.get("sha256") else "md5"
    yield Package(
        "conda",
        name,
        version,
        blob.path,
        blob.find_line('"name"'),
        Relation.INSTALLED,
        url=as_text(document.get("url")) or as_text(document.get("channel")),
        integrity=f"{kind}:{digest}" if digest else "",
    )


FORMAT = Format("conda-meta", "conda-meta (installed conda packages)", accepts, read)
