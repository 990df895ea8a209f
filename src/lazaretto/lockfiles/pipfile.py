"""Pipfile (pipenv): what a project asks for.

[packages], [dev-packages], [CATEGORY]     name = "*" | "==1.2" | {version, git, ref, path, file, editable}
"""

from collections.abc import Callable, Iterator

from lazaretto.lockfiles.entries import Finder, file_name, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.pyproject import named_requirement
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, load_toml

_NOT_PACKAGES = frozenset({"source", "requires", "scripts", "pipenv", "pipfile"})


def accepts(path: str) -> bool:
    """`Pipfile`, in any folder."""
    return file_name(path) == "Pipfile"


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every declared package of every category."""
    yield from _rows(blob)


def _rows(blob: Blob) -> Iterator[Package | Gap]:
    finder = Finder(blob)
    for category, table in load_toml(blob).items():
        if category in _NOT_PACKAGES:
            continue
        for name, value in as_mapping(table).items():
            line = finder.line(f"\n{name} ", f"\n{name}=", f'"{name}"')
            yield from named_requirement(name, value, blob.path, line, dev=category != "packages")


FORMAT = Format("pipfile", "Pipfile (pipenv)", accepts, read)
