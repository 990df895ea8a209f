"""PEP 508 requirements of manifests as inventory rows; shared by pyproject, setup.cfg, setup.py, Pipfile, conda."""

from collections.abc import Iterator

from lazaretto.ecosystems import pypi
from lazaretto.lockfiles.entries import bad_entry
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package, Relation


def declared(text: str, source: str, line: int, *, dev: bool = False, url: str = "") -> Iterator[Package | Gap]:
    """Yield the row of one requirement, or the gap that it is.

    `url` is where another part of the manifest says that this package comes from (`[tool.uv.sources]`). A path of
    the project itself (`.`, `./lib`) is no package and yields nothing.
    """
    text = text.strip()
    if not text or is_local_folder(text):
        return
    try:
        found = pypi.dependency(text)
    except ValueError as error:
        yield bad_entry(source, line, text, str(error))
        return
    yield row(found, source, line, dev=dev, url=url)


def row(
    found: pypi.Dependency,
    source: str,
    line: int,
    *,
    dev: bool = False,
    url: str = "",
    integrity: str = "",
    relation: Relation = Relation.DECLARED,
) -> Package:
    """Return the row of a dependency. An address that tells no project name is a `generic` package."""
    where = url or found.url
    return Package(
        pypi.ID if found.name else "generic",
        found.name or guessed_name(where),
        found.version,
        source,
        line,
        relation,
        requirement=url if url and not found.version else found.requirement,
        url=where,
        integrity=integrity,
        dev=dev,
    )


def is_local_folder(text: str) -> bool:
    """Tell whether a requirement is a folder of the project and not a file that could be installed."""
    path = text.partition(" ;")[0].partition("#")[0].strip().partition("[")[0]
    if path.startswith("file:"):
        path = path.removeprefix("file:").lstrip("/") or "."
        local = True
    else:
        local = path in (".", "..") or path.startswith(("./", "../", "/", ".\\", "~/"))
    return local and not path.lower().endswith((".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz"))


def guessed_name(address: str) -> str:
    """Return the last telling part of an address: `git+https://host/team/tool.git@v1` -> `tool`."""
    path = address.partition("#")[0].partition("?")[0].rstrip("/")
    last = path.replace(":", "/").rpartition("/")[2].partition("@")[0]
    return last.removesuffix(".git") or address[:200]
