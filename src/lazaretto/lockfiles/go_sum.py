"""go.sum alone: `MODULE VERSION h1:DIGEST` a line (https://go.dev/ref/mod#go-sum-files).

Lines for `VERSION/go.mod` only say that a module's requirements were looked at; they name nothing that is built. When
a go.mod lies beside it, that is the better list and reads this file itself.
"""

from collections.abc import Callable, Iterator

from lazaretto.lockfiles.entries import bad_entry, file_name, folder, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError


def accepts(path: str) -> bool:
    """`go.sum`, in any folder."""
    return file_name(path) == "go.sum"


@tidy
def read(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    """Yield every module with a digest, unless a go.mod lies beside it."""
    if open(folder(blob.path) + "go.mod") is None:
        yield from modules(blob)


def modules(blob: Blob) -> Iterator[Package | Gap]:
    """Yield every module whose content (not only its go.mod) has a digest.

    Raises:
        ParseError: the first line that says something is no entry, so this is no go.sum.
    """
    good = False
    for line, raw in enumerate(blob.text.splitlines(), 1):
        words = raw.split()
        if not words:
            continue
        if len(words) != 3 or not words[1].startswith("v"):
            if not good:
                raise ParseError("not a go.sum file: MODULE VERSION DIGEST is expected", line)
            yield bad_entry(blob.path, line, raw.strip(), N_("MODULE VERSION DIGEST is expected"))
            continue
        good = True
        if "/go.mod" not in words[1]:
            yield Package("golang", words[0], words[1].removeprefix("v"), blob.path, line, integrity=words[2])


FORMAT = Format("go-sum", "go.sum (Go)", accepts, read)
