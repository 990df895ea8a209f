"""Installed Python packages: `*.dist-info/METADATA` and `*.egg-info` (core metadata: PEP 314, 566; origin: PEP 610)."""

from collections.abc import Callable, Iterator

from lazaretto.ecosystems import pypi
from lazaretto.lockfiles.entries import file_name, folder, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package, Relation
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_text, load_json
from lazaretto.parse.views import ParseError


def accepts(path: str) -> bool:
    """`X.dist-info/METADATA`, `X.egg-info/PKG-INFO`, `EGG-INFO/PKG-INFO`, or a file `X.egg-info`."""
    name = file_name(path)
    if name == "METADATA":
        return folder(path).endswith(".dist-info/")
    if name == "PKG-INFO":
        return folder(path).endswith((".egg-info/", "EGG-INFO/"))
    return name.endswith(".egg-info")


@tidy
def read(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    """Yield the one package that the metadata describe; `url` is where pip says that it was installed from.

    Raises:
        ParseError: no name or no version before the first empty line.
    """
    name, version, line = headers(blob)
    if not name or not version:
        raise ParseError("the metadata have no name or no version")
    url = ""
    if blob.path.endswith(".dist-info/METADATA"):
        url = _origin(open(folder(blob.path) + "direct_url.json"))
    yield Package(pypi.ID, pypi.normalize(name), version, blob.path, line, Relation.INSTALLED, requirement=url, url=url)


def headers(blob: Blob) -> tuple[str, str, int]:
    """Return name, version and the line of the name; empty texts when they are missing. The first of each counts."""
    name = version = ""
    line = 1
    for number, raw in enumerate(blob.data[: 64 << 10].split(b"\n"), 1):
        text = raw.decode("utf-8", "replace").rstrip("\r")
        if not text:
            break
        key, colon, value = text.partition(":")
        if colon and key.lower() == "name" and not name:
            name, line = value.strip(), number
        elif colon and key.lower() == "version" and not version:
            version = value.strip()
        if name and version:
            break
    return name, version, line


def _origin(record: Blob | None) -> str:
    """Return the address of a direct_url.json: `git+URL@COMMIT`, or the URL of an archive or a folder."""
    if record is None:
        return ""
    try:
        document = as_mapping(load_json(record))
    except ParseError:
        return ""
    url, vcs = as_text(document.get("url")), as_mapping(document.get("vcs_info"))
    if vcs and url:
        return f"{as_text(vcs.get('vcs')) or 'git'}+{url}@{as_text(vcs.get('commit_id'))}"
    return url


FORMAT = Format("site-packages", "installed Python packages", accepts, read)
