"""Files whose name is recorded: what a campaign leaves behind, wherever it lies. The walk asks for each such file."""

from collections.abc import Iterator

from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.place import Place, Tree, Wanted, base, iso


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Yield the file; sure when its digest is recorded, too."""
    blob = tree.read(path)
    digest = wanted.digest(blob.data) if blob is not None else ""
    at = iso(tree.time(path))
    if digest:
        kind = "sha256" if len(digest) == 64 else "md5"
        detail = Message.of(N_("a recorded file, byte for byte"))
        yield Trace(kind, digest, "", Rung.INFECTED, PLACE.id, path, 0, at, Confidence.HIGH, detail)
    detail = Message.of(N_("a file of this name is left behind"))
    yield Trace("file-name", base(path).lower(), "", Rung.INFECTED, PLACE.id, path, 0, at, Confidence.MEDIUM, detail)


PLACE = Place("leftover-files", N_("files with recorded names"), (Rung.INFECTED,), read)
