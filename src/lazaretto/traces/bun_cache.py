"""Bun's cache.

cache/NAME@VERSION@@@1, cache/@SCOPE/NAME@VERSION@@HOST@@@1     fetched
cache/NAME-HASH.npm, cache/HASH.npm                             resolved: the registry's answer, by the name
"""

import re
from collections.abc import Iterator

from lazaretto.model.finding import Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.place import Place, Tree, Wanted, iso, join

_ENTRY = re.compile(r"([^@]{1,214})@(\d+\.\d+\.\d+[^@\s]{0,100})(?:@@.{0,200})?")
_MANIFEST = re.compile(r"(.{1,214})-[0-9a-f]{8,32}\.npm")


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one cache folder."""
    folders, files = tree.list(path)
    found = [("", name) for name in folders if not name.startswith("@")]
    for scope in folders:
        if scope.startswith("@"):
            found += [(f"{scope}/", name) for name in tree.list(join(path, scope))[0]]
    for scope, name in found:
        match = _ENTRY.fullmatch(name)
        if match and wanted.named("npm", scope + match[1]):
            file = f"{path}/{scope}{name}"
            detail = Message.of(N_("Bun downloaded it into its cache"))
            yield Trace(
                "npm", scope + match[1], match[2], Rung.FETCHED, PLACE.id, file, 0, iso(tree.time(file)), detail=detail
            )
    for name in files:
        match = _MANIFEST.fullmatch(name)
        if match and wanted.named("npm", match[1]):
            file = join(path, name)
            detail = Message.of(N_("Bun asked the registry about it"))
            yield Trace("npm", match[1], "", Rung.RESOLVED, PLACE.id, file, 0, iso(tree.time(file)), detail=detail)


PLACE = Place(
    "bun-cache",
    N_("Bun's cache"),
    (Rung.RESOLVED, Rung.FETCHED),
    read,
    folders=("install/cache",),
    locations={
        "linux": ("{home}/.bun/install/cache", "$BUN_INSTALL/install/cache", "$BUN_INSTALL_CACHE_DIR"),
        "macos": ("{home}/.bun/install/cache", "$BUN_INSTALL/install/cache", "$BUN_INSTALL_CACHE_DIR"),
        "windows": ("{home}/.bun/install/cache", "$BUN_INSTALL/install/cache", "$BUN_INSTALL_CACHE_DIR"),
    },
)
