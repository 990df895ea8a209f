"""Yarn's caches: of version 1 (folders) and of 2 and later (zip files), and Plug'n'Play's table.

v6/npm-NAME-VERSION-SHA1-integrity      fetched; a scope is written `@scope-name`
cache/NAME-npm-VERSION-HASH-KEY.zip     fetched; `@scope-name-npm-...`
.pnp.cjs                                installed: programs load straight from the zip file
"""

import re
from collections.abc import Iterator

from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.place import Place, Tree, Wanted, iso, join

_CLASSIC = re.compile(
    r"npm-(.{1,220}?)-(\d+\.\d+\.\d+[0-9A-Za-z.+-]{0,100}?)-(?:[0-9a-f]{40}|[0-9a-f]{8,64})(?:-integrity)?(?:\.tgz)?"
)
_BERRY = re.compile(r"(.{1,220}?)-npm-(\d+\.\d+\.\d+[0-9A-Za-z.+-]{0,100}?)-[0-9a-f]{10}(?:-[0-9a-z]{1,20})?\.zip")
_PNP = re.compile(r"[/\\]([^/\\\"\s]{1,220}?-npm-\d+\.\d+\.\d+[^/\\\"\s]{0,140}?\.zip)")


def names_of(flat: str) -> tuple[str, ...]:
    """Return what `@scope-name` may stand for: the `/` of a scope was written as `-`."""
    if not flat.startswith("@"):
        return (flat,)
    places = [at for at, char in enumerate(flat) if char == "-"][:8]
    return tuple(f"{flat[:at]}/{flat[at + 1 :]}" for at in places)


def read_classic(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one `vN` folder of Yarn 1."""
    folders, files = tree.list(path)
    for name in (*folders, *files):
        if name.startswith("npm-") and (match := _CLASSIC.fullmatch(name)):
            for package in names_of(match[1]):
                if wanted.named("npm", package):
                    at = iso(tree.time(join(path, name)))
                    detail = Message.of(N_("Yarn downloaded it into its cache"))
                    yield Trace(
                        "npm", package, match[2], Rung.FETCHED, CLASSIC.id, join(path, name), 0, at, detail=detail
                    )


def read_berry(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one `cache` folder of Yarn 2 and later."""
    for name in tree.list(path)[1]:
        if name.endswith(".zip") and (match := _BERRY.fullmatch(name)):
            for package in names_of(match[1]):
                if wanted.named("npm", package):
                    at = iso(tree.time(join(path, name)))
                    detail = Message.of(N_("Yarn downloaded it into its cache"))
                    yield Trace(
                        "npm", package, match[2], Rung.FETCHED, BERRY.id, join(path, name), 0, at, detail=detail
                    )


def read_pnp(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one Plug'n'Play table."""
    blob = tree.read(path)
    if blob is None or not wanted.touches(blob.data.replace(b"-npm-", b" npm ")):
        return
    seen = set()
    for hit in _PNP.finditer(blob.text):
        match = _BERRY.fullmatch(hit[1])
        if match is None or hit[1] in seen:
            continue
        seen.add(hit[1])
        for package in names_of(match[1]):
            if wanted.named("npm", package):
                line = blob.find_line(hit[1])
                detail = Message.of(N_("Yarn's Plug'n'Play table loads it"))
                yield Trace(
                    "npm",
                    package,
                    match[2],
                    Rung.INSTALLED,
                    PNP.id,
                    path,
                    line,
                    iso(tree.time(path)),
                    Confidence.HIGH,
                    detail,
                )


CLASSIC = Place(
    "yarn-cache",
    N_("Yarn 1's cache"),
    (Rung.FETCHED,),
    read_classic,
    folders=("yarn/v1", "yarn/v2", "yarn/v3", "yarn/v4", "yarn/v5", "yarn/v6", "Yarn/v6", "Cache/v6", ".yarn-cache/v6"),
    locations={
        "linux": ("{cache}/yarn", "/usr/local/share/.cache/yarn", "$YARN_CACHE_FOLDER/v6"),
        "macos": ("{home}/Library/Caches/Yarn", "$YARN_CACHE_FOLDER/v6"),
        "windows": ("{localappdata}/Yarn/Cache", "$YARN_CACHE_FOLDER/v6"),
    },
)
BERRY = Place(
    "yarn-berry-cache",
    N_("Yarn's cache (version 2 and later)"),
    (Rung.FETCHED,),
    read_berry,
    folders=(".yarn/cache", "berry/cache", "Berry/cache"),
    locations={
        "linux": ("{home}/.yarn/berry/cache",),
        "macos": ("{home}/.yarn/berry/cache",),
        "windows": ("{localappdata}/Yarn/Berry/cache",),
    },
)
PNP = Place(
    "yarn-pnp",
    N_("Yarn's Plug'n'Play tables"),
    (Rung.INSTALLED,),
    read_pnp,
    files=(".pnp.cjs", ".pnp.js", ".pnp.data.json"),
)
PLACES = (CLASSIC, BERRY, PNP)
