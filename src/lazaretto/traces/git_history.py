"""Git history: was it ever in a lockfile or a manifest? And is the repository itself a lure?

Every version of every document on every branch is looked at, within bounds; a version that was committed on one day and
removed on the next still shows what was resolved in between. The remotes say where a clone came from.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from lazaretto.lockfiles.inventory import is_candidate
from lazaretto.lockfiles.npm_rows import in_node_modules
from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message, Phrase
from lazaretto.model.trace import Rung, Trace
from lazaretto.parse.blob import Blob
from lazaretto.traces.place import SMALL, Place, Tree, Wanted, iso, join
from lazaretto.traces.project import may_be_document, may_name, of_documents

_REMOTE = re.compile(rb"^[ \t]{0,16}(?:url|pushurl)[ \t]{0,16}=[ \t]{0,16}(\S{1,500})", re.MULTILINE)
_HISTORY = N_("{what}, in commit {commit}")


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one `.git` folder."""
    yield from _remotes(tree, path, wanted)
    seen: set[tuple[object, ...]] = set()
    for at, commit, blob in tree.history(path, _document):
        if not may_name(blob, wanted):
            continue
        shown = Blob(f"{path}!/{blob.path}", blob.data)
        for found in of_documents(tree, (shown,), wanted, PLACE.id, iso_of=partial(_at, at)):
            if isinstance(found, Gap):
                continue  # history is full of half-merged files
            key = (found.world, found.name, found.version, found.requirement, found.path)
            if key not in seen:
                seen.add(key)
                params = {"what": Phrase(found.detail.template), "commit": commit[:12]}
                yield replace(found, detail=Message.of(_HISTORY, params))


def _at(seconds: float, _path: str) -> str:
    return iso(seconds)


def _document(path: str) -> bool:
    return may_be_document(path.rpartition("/")[2]) and is_candidate(path) and not in_node_modules(path)


def _remotes(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace]:
    config = tree.read(join(path, "config"), SMALL)
    if config is None:
        return
    at = iso(tree.time(join(path, "config")))
    for match in _REMOTE.finditer(config.data):
        url = match[1]
        line = config.position(match.start(1))[0]
        name = url.rstrip(b"/").removesuffix(b".git").rpartition(b"/")[2].decode("utf-8", "replace")
        detail = Message.of(N_("cloned from there"))
        for mark in wanted.marks(url):
            yield Trace(
                mark.kind, mark.value, "", Rung.FETCHED, PLACE.id, join(path, "config"), line, at, detail=detail
            )
        yield Trace(
            "repository-name",
            name,
            "",
            Rung.FETCHED,
            PLACE.id,
            join(path, "config"),
            line,
            at,
            Confidence.MEDIUM,
            detail,
        )


PLACE = Place(
    "git-history",
    N_("git history of manifests and lockfiles, git remotes"),
    (Rung.NAMED, Rung.RESOLVED, Rung.FETCHED),
    read,
    folders=(".git",),
)
