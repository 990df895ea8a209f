"""What a lockfile, manifest or SBOM reader is.

A format is one module with one `FORMAT`, and one line in `lockfiles/catalog.py`. Readers are pure: a document in,
packages out; who opened the file is somebody else. A reader never guesses: an entry that it cannot read becomes a
partial gap and the rest is still read.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob


@dataclass(frozen=True, slots=True)
class Format:
    """One document format."""

    id: str
    """Kebab-case: `package-lock`, `yarn-berry`, `requirements`."""
    title: str
    """What a person calls it: `package-lock.json (npm)`."""
    accepts: Callable[[str], bool]
    """Tell by the `/` separated path alone whether a file may be of this format."""
    read: Callable[[Blob, Callable[[str], Blob | None]], Iterable[Package | Gap]]
    """`read(blob, open)` yields packages and gaps. `open(path)` gives another file of the subject (path relative
    to the subject) or None; only formats that include others (`-r other.txt`) need it.

    Raises:
        ParseError: the document as a whole is unreadable; the caller makes it a gap.
    """
