"""pnpm's store and its cache of package documents.

store/v10/index/xx/DIGEST-NAME@VERSION.json     fetched (`+` stands for the `/` of a scope)
store/v3/files/xx/DIGEST-index.json             fetched; the file says {"name", "version"}
metadata*/HOST/NAME.json                        resolved: pnpm asked the registry about it
"""

import json
from collections.abc import Iterator

from lazaretto.ecosystems import npm
from lazaretto.model.finding import Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.place import SMALL, Place, Tree, Wanted, iso, join

_FETCHED = N_("pnpm downloaded it into its store")


def read_store(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one version's folder of a store (`v3`, `v10`)."""
    folders, _ = tree.list(path)
    if "index" in folders:
        for two in tree.list(f"{path}/index")[0]:
            for name in tree.list(f"{path}/index/{two}")[1]:
                spec = name.removesuffix(".json").partition("-")[2].replace("+", "/")
                package, version = npm.split_at_version(spec)
                if version and wanted.named("npm", package):
                    file = f"{path}/index/{two}/{name}"
                    yield _fetched(package, version, file, iso(tree.time(file)))
    elif "files" in folders:
        for two in tree.list(f"{path}/files")[0]:
            for name in tree.list(f"{path}/files/{two}")[1]:
                if name.endswith("-index.json") and (blob := tree.read(f"{path}/files/{two}/{name}", SMALL)):
                    yield from _old(blob.path, blob.data, iso(tree.time(blob.path)), wanted)


def _old(path: str, data: bytes, at: str, wanted: Wanted) -> Iterator[Trace]:
    if not wanted.touches(data):
        return
    try:
        entry = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(entry, dict) and isinstance(name := entry.get("name"), str) and wanted.named("npm", name):
        version = entry.get("version")
        yield _fetched(name, version if isinstance(version, str) else "", path, at)


def _fetched(name: str, version: str, path: str, at: str) -> Trace:
    return Trace("npm", name, version, Rung.FETCHED, STORE.id, path, 0, at, detail=Message.of(_FETCHED))


def read_metadata(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one `metadata*` folder: HOST/NAME.json, HOST/@SCOPE/NAME.json."""
    for host in tree.list(path)[0]:
        folders, files = tree.list(join(path, host))
        found = [("", name) for name in files]
        found += [(f"{scope}/", name) for scope in folders for name in tree.list(f"{path}/{host}/{scope}")[1]]
        for scope, name in found:
            package = scope + name.partition(".json")[0]
            if name.endswith((".json", ".jsonl")) and wanted.named("npm", package):
                file = f"{path}/{host}/{scope}{name}"
                detail = Message.of(N_("pnpm asked the registry about it"))
                yield Trace(
                    "npm", package, "", Rung.RESOLVED, METADATA.id, file, 0, iso(tree.time(file)), detail=detail
                )


STORE = Place(
    "pnpm-store",
    N_("pnpm's store"),
    (Rung.FETCHED,),
    read_store,
    folders=("store/v3", "store/v10", "store/v11", ".pnpm-store/v3", ".pnpm-store/v10", ".pnpm-store/v11"),
    locations={
        "linux": ("{data}/pnpm/store", "$PNPM_HOME/store/v10"),
        "macos": ("{home}/Library/pnpm/store", "$PNPM_HOME/store/v10"),
        "windows": ("{localappdata}/pnpm/store", "$PNPM_HOME/store/v10"),
    },
)
METADATA = Place(
    "pnpm-metadata",
    N_("pnpm's cache of package documents"),
    (Rung.RESOLVED,),
    read_metadata,
    folders=("pnpm/metadata*", "pnpm-cache/metadata*", "pnpm/cache/metadata*", "cache/metadata*"),
    locations={
        "linux": ("{cache}/pnpm",),
        "macos": ("{home}/Library/Caches/pnpm",),
        "windows": ("{localappdata}/pnpm-cache",),
    },
)
PLACES = (STORE, METADATA)
