"""uv's cache.

simple-v*/INDEX/NAME.rkyv                     resolved: uv read the index page of the package
wheels-v*/INDEX/NAME/VERSION-TAGS.*           fetched
sdists-v*/INDEX/NAME/VERSION/...              fetched; built here, which runs its setup code (executed)
archive-v*/ID/NAME-VERSION.dist-info          fetched and unpacked
"""

from collections.abc import Iterator

from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.place import Place, Tree, Wanted, iso, join
from lazaretto.traces.site_packages import project_of

_INDEXES = ("pypi", "index", "url", "path", "git", "editable")


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one cache folder of uv."""
    for bucket in tree.list(path)[0]:
        folder = join(path, bucket)
        kind = bucket.partition("-v")[0]
        if kind == "simple":
            yield from _simple(tree, folder, wanted)
        elif kind in ("wheels", "sdists", "built-wheels"):
            yield from _packages(tree, folder, wanted, sources=kind != "wheels")
        elif kind == "archive":
            yield from _archives(tree, folder, wanted)


def _simple(tree: Tree, folder: str, wanted: Wanted) -> Iterator[Trace]:
    stack = [folder]
    for _ in range(200):
        if not stack:
            return
        here = stack.pop()
        folders, files = tree.list(here)
        stack += [join(here, name) for name in folders]
        for name in files:
            project = project_of(name.removesuffix(".rkyv"))
            if name.endswith(".rkyv") and wanted.named("pypi", name.removesuffix(".rkyv")):
                detail = Message.of(N_("uv asked the index about it"))
                file = join(here, name)
                yield Trace(
                    "pypi",
                    name.removesuffix(".rkyv") or project,
                    "",
                    Rung.RESOLVED,
                    PLACE.id,
                    file,
                    0,
                    iso(tree.time(file)),
                    detail=detail,
                )


def _packages(tree: Tree, folder: str, wanted: Wanted, *, sources: bool) -> Iterator[Trace]:
    for index in tree.list(folder)[0]:
        inner = join(folder, index)
        names = tree.list(inner)[0]
        roots = (
            [inner]
            if index not in ("index", "url", "git", "path", "editable")
            else [join(inner, name) for name in names]
        )
        for root in roots:
            for name in tree.list(root)[0]:
                if wanted.named("pypi", name):
                    yield from _versions(tree, join(root, name), name, sources=sources)


def _versions(tree: Tree, folder: str, name: str, *, sources: bool) -> Iterator[Trace]:
    folders, files = tree.list(folder)
    seen = set()
    for entry in (*folders, *files):
        version = entry.partition("-")[0] if not sources else entry
        if not version[:1].isdigit() or version in seen or (sources and entry in files):
            continue
        seen.add(version)
        file = join(folder, entry)
        at = iso(tree.time(file))
        yield Trace(
            "pypi",
            name,
            version,
            Rung.FETCHED,
            PLACE.id,
            file,
            0,
            at,
            detail=Message.of(N_("uv downloaded it into its cache")),
        )
        if sources and any(
            part.endswith(".whl")
            for below in tree.list(file)[0]
            for part in (*tree.list(join(file, below))[0], *tree.list(join(file, below))[1])
        ):
            detail = Message.of(N_("uv built it on this machine, which runs its setup code"))
            yield Trace("pypi", name, version, Rung.EXECUTED, PLACE.id, file, 0, at, Confidence.MEDIUM, detail)


def _archives(tree: Tree, folder: str, wanted: Wanted) -> Iterator[Trace]:
    for entry in tree.list(folder)[0]:
        for name in tree.list(join(folder, entry))[0]:
            if name.endswith(".dist-info") and wanted.named("pypi", project_of(name)):
                file = f"{folder}/{entry}/{name}"
                version = name.removesuffix(".dist-info").partition("-")[2]
                detail = Message.of(N_("uv unpacked it in its cache"))
                yield Trace(
                    "pypi",
                    project_of(name),
                    version,
                    Rung.FETCHED,
                    PLACE.id,
                    file,
                    0,
                    iso(tree.time(file)),
                    detail=detail,
                )


PLACE = Place(
    "uv-cache",
    N_("uv's cache"),
    (Rung.RESOLVED, Rung.FETCHED, Rung.EXECUTED),
    read,
    folders=(".cache/uv", "uv/cache", "Caches/uv"),
    locations={
        "linux": ("{cache}/uv", "$UV_CACHE_DIR"),
        "macos": ("{home}/.cache/uv", "{home}/Library/Caches/uv", "$UV_CACHE_DIR"),
        "windows": ("{localappdata}/uv/cache", "$UV_CACHE_DIR"),
    },
)
