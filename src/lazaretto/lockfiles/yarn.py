"""yarn.lock, in both of its languages.

Yarn 1     a language of its own (`yarn_classic.py`), header `# yarn lockfile v1`
Yarn 2-4   YAML with a `__metadata:` entry (`yarn_berry.py`)
"""

import re
from collections.abc import Callable, Iterable

from lazaretto.lockfiles import yarn_berry, yarn_classic
from lazaretto.lockfiles.entries import bounded, file_name
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.npm_rows import in_node_modules
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob

_METADATA = re.compile(rb"^[\"']?__metadata[\"']?:", re.MULTILINE)


def accepts(path: str) -> bool:
    """yarn.lock outside node_modules."""
    return file_name(path) == "yarn.lock" and not in_node_modules(path)


def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterable[Package | Gap]:
    """Yield what one yarn.lock pins.

    Raises:
        ParseError: neither of the two languages.
    """
    rows = yarn_berry.rows(blob) if _METADATA.search(blob.data) else yarn_classic.rows(blob)
    return bounded(rows, blob.path)


FORMAT = Format("yarn", "yarn.lock (Yarn)", accepts, read)
