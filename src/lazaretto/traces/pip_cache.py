"""pip's cache: downloads, wheels that it built, and the logs that a user asked for.

    http-v2/a/b/.../DIGEST, http/...    CacheControl's msgpack (`cc=4,...`); the address is not in it, so the answer
                                        itself tells: an index page, metadata, a wheel, a source archive
    wheels/.../NAME-VERSION-*.whl       fetched and built here: its setup ran (executed)
    wheels/.../origin.json              where it came from (PEP 610)
    pip.log, .pip/pip.log               `Downloading ADDRESS`, `Installing collected packages: ...`

Sources: pip's `_internal/cache.py` and `network/cache.py`, CacheControl's `serialize.py`.
"""

import re
import zlib
from collections.abc import Iterator

from lazaretto.ecosystems import pypi
from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.place import SMALL, Place, Tree, Wanted, iso, join
from lazaretto.traces.redact import redact

_DEPTH = 8
_HEAD = 1 << 16
_DISPOSITION = re.compile(
    rb"filename=\"?([A-Za-z0-9][A-Za-z0-9._-]{0,150}?-\d[A-Za-z0-9.!+_-]{0,150}?(?:\.whl|\.tar\.gz|\.zip))(?![\w.])"
)
_DIST_INFO = re.compile(rb"([A-Za-z0-9_.]{1,150})-([A-Za-z0-9.!+_]{1,100})$")
_INDEX = re.compile(
    rb"(?:<title>Links for |\"name\"\s{0,3}:\s{0,3}\")([A-Za-z0-9][A-Za-z0-9._-]{0,150})(?:\"|</title>|\s)"
)
_PACKED = re.compile(rb"PK\x03\x04|\x1f\x8b\x08")
_METADATA = re.compile(
    rb"Metadata-Version: [\d.]{1,10}\r?\nName: ([A-Za-z0-9][A-Za-z0-9._-]{0,150})\r?\nVersion: ([^\s]{1,100})"
)
_LOG = re.compile(
    r"(Downloading|Using cached|Successfully installed|Collecting|Installing collected packages:)\s{1,4}(.{1,600})"
)


def read_http(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one `http-v2` or `http` folder."""
    stack = [(path, 0)]
    while stack:
        folder, depth = stack.pop()
        folders, files = tree.list(folder)
        if depth < _DEPTH:
            stack += [(join(folder, name), depth + 1) for name in reversed(folders)]
        for name in files:
            if not name.endswith(".body"):
                yield from _entry(tree, join(folder, name), wanted)


def _entry(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace]:
    blob = tree.read(path, 64 << 20)
    if blob is None:
        return
    body = tree.read(path + ".body", 64 << 20) if tree.has(path + ".body") else None
    data = blob.data if body is None else body.data
    head = blob.data[:_HEAD] + (b"" if body is None else body.data[:_HEAD])
    at = iso(tree.time(path))
    packed = _PACKED.search(head[:4096]) is not None or _PACKED.match(data) is not None
    if not packed and (match := _INDEX.search(head)):
        project = pypi.normalize(match[1].decode("ascii"))
        rung, version, said = Rung.RESOLVED, "", N_("pip asked the index about it")
    elif not packed and (match := _METADATA.search(head)):
        project, version = pypi.normalize(match[1].decode("ascii")), match[2].decode("ascii")
        rung, said = Rung.RESOLVED, N_("pip read its metadata")
    else:
        project, version = _distribution(blob.data[:_HEAD], data)
        rung, said = Rung.FETCHED, _DOWNLOADED
    if project and wanted.named("pypi", project):
        yield Trace("pypi", project, version, rung, HTTP.id, path, 0, at, detail=Message.of(said))


def _distribution(head: bytes, data: bytes) -> tuple[str, str]:
    """Return the project and version of a download: as its headers, its wheel or its source archive say."""
    names = set(_DISPOSITION.findall(head))
    if len(names) == 1:
        return _split(names.pop().decode("ascii"))
    mark = data.rfind(b".dist-info/")
    if mark >= 0:
        match = _DIST_INFO.search(data[max(0, mark - 260) : mark])
        return (pypi.normalize(match[1].decode("ascii")), match[2].decode("ascii")) if match else ("", "")
    packed = data.find(b"\x1f\x8b\x08")
    if packed >= 0:
        try:
            first = zlib.decompressobj(31).decompress(data[packed : packed + _HEAD], 512)
        except zlib.error:
            return "", ""
        top = first[:100].partition(b"/")[0].decode("ascii", "replace")
        return _split(f"{top}.tar.gz") if "-" in top else ("", "")
    return "", ""


_DOWNLOADED = N_("pip downloaded it into its cache")


def _split(file: str) -> tuple[str, str]:
    name, version = pypi.file_name(file.removesuffix(".metadata"))
    return pypi.normalize(name), version


def read_wheels(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read pip's `wheels` folder."""
    stack = [(path, 0)]
    while stack:
        folder, depth = stack.pop()
        folders, files = tree.list(folder)
        if depth < _DEPTH:
            stack += [(join(folder, name), depth + 1) for name in reversed(folders)]
        for name in files:
            if not name.endswith(".whl"):
                continue
            project, version = _split(name)
            if not wanted.named("pypi", project):
                continue
            file = join(folder, name)
            at = iso(tree.time(file))
            yield Trace(
                "pypi",
                project,
                version,
                Rung.FETCHED,
                WHEELS.id,
                file,
                0,
                at,
                detail=Message.of(N_("a wheel in pip's cache")),
            )
            origin = tree.read(join(folder, "origin.json"), SMALL) if "origin.json" in files else None
            where = redact(origin.text) if origin is not None else "?"
            detail = Message.of(
                N_("pip built it on this machine, which runs its setup code; from {origin}"), {"origin": where}
            )
            yield Trace("pypi", project, version, Rung.EXECUTED, WHEELS.id, file, 0, at, Confidence.MEDIUM, detail)


def read_log(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read a log of pip."""
    number = 0
    at = iso(tree.time(path))
    for block in tree.blocks(path):
        if wanted.touches(block):
            for offset, line in enumerate(block.decode("utf-8", "replace").split("\n"), 1):
                yield from _logged(line, path, number + offset, at, wanted)
        number += block.count(b"\n")


def _logged(line: str, path: str, number: int, at: str, wanted: Wanted) -> Iterator[Trace]:
    match = _LOG.search(line)
    if match is None:
        return
    verb, rest = match[1], match[2].strip()
    detail = Message.of(N_("pip's log: {line}"), {"line": redact(match[0])})
    for word in rest.replace(",", " ").split()[:500]:
        if verb == "Successfully installed":
            name, _, version = word.rpartition("-")
            rung = Rung.INSTALLED
        elif verb in ("Downloading", "Using cached"):
            name, version = pypi.file_name(word.rpartition("/")[2]) if "-" in word else ("", "")
            rung = Rung.FETCHED
        else:
            name, version = (
                re.split(r"[=<>!~\[;( ]", word)[0],
                pypi.exact(word[len(re.split(r"[=<>!~\[;( ]", word)[0]) :]),
            )
            rung = Rung.RESOLVED
        project = pypi.normalize(name)
        if project and wanted.named("pypi", project):
            yield Trace("pypi", project, version, rung, LOG.id, path, number, at, detail=detail)


_CACHES = {
    "linux": ("{cache}/pip/%s", "$PIP_CACHE_DIR/%s"),
    "macos": ("{home}/Library/Caches/pip/%s", "$PIP_CACHE_DIR/%s"),
    "windows": ("{localappdata}/pip/Cache/%s", "$PIP_CACHE_DIR/%s"),
}
HTTP = Place(
    "pip-cache",
    N_("pip's cache of downloads"),
    (Rung.RESOLVED, Rung.FETCHED),
    read_http,
    folders=("pip/http", "pip/http-v2", "Cache/http-v2", "http-v2"),
    locations={system: tuple(one % "http-v2" for one in where) for system, where in _CACHES.items()},
)
WHEELS = Place(
    "pip-wheels",
    N_("wheels that pip built"),
    (Rung.FETCHED, Rung.EXECUTED),
    read_wheels,
    folders=("pip/wheels", "Cache/wheels"),
    locations={system: tuple(one % "wheels" for one in where) for system, where in _CACHES.items()},
)
LOG = Place(
    "pip-log",
    N_("pip's logs"),
    (Rung.RESOLVED, Rung.FETCHED, Rung.INSTALLED),
    read_log,
    files=("pip.log", "pip-log.txt"),
)
PLACES = (HTTP, WHEELS, LOG)
