"""npm's cache (cacache): what was looked at and fetched, with the time, long after it was uninstalled.

    index-v5/xx/yy/...       lines `SHA1<TAB>{"key", "integrity", "time", "metadata"}` (cacache's entry-index.js)
    content-v2/sha512/...    the bytes, named by their digest

A key that is a tarball's address proves *fetched* (its content is still there, or was), a key that is the address of a
package's document proves *resolved*. Times are milliseconds since 1970.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

from lazaretto.ecosystems import npm
from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.place import SMALL, Place, Tree, Wanted, iso, join, partly

ENTRIES = 2_000_000
_URL = re.compile(r"https?://[^\s\"]{1,2000}")


def read(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read one `_cacache` folder."""
    root = join(path, "index-v5")
    for one in tree.list(root)[0]:
        for two in tree.list(f"{root}/{one}")[0]:
            for name in tree.list(f"{root}/{one}/{two}")[1]:
                blob = tree.read(f"{root}/{one}/{two}/{name}", SMALL)
                if blob is not None and b"request-cache:" in blob.data:
                    yield from _bucket(tree, path, blob.path, blob.data, wanted)


def _bucket(tree: Tree, cache: str, path: str, data: bytes, wanted: Wanted) -> Iterator[Trace | Gap]:
    latest: dict[str, tuple[int, dict[str, object]]] = {}
    for number, line in enumerate(data.split(b"\n"), 1):
        text = line.partition(b"\t")[2]
        if not text:
            continue
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError):
            yield partly(path, N_("line {line} of the cache's index is not readable"), {"line": number})
            continue
        key = entry.get("key") if isinstance(entry, dict) else None
        if isinstance(key, str):
            latest[key] = (number, entry)
    for key, (number, entry) in latest.items():
        match = _URL.search(key)
        name, version = package_of(match[0]) if match else ("", "")
        if not name or not wanted.named("npm", name):
            continue
        time = entry.get("time")
        at = iso(time / 1000) if isinstance(time, (int, float)) else ""
        if not version:
            detail = Message.of(N_("npm asked the registry about it"))
            yield Trace("npm", name, "", Rung.RESOLVED, PLACE.id, path, number, at, detail=detail)
            continue
        integrity = entry.get("integrity")
        there = _content(tree, cache, integrity) if isinstance(integrity, str) else ""
        said = (
            N_("npm downloaded it; the file is still in the cache: {file}")
            if there
            else N_("npm downloaded it; the file itself is gone from the cache")
        )
        detail = Message.of(said, {"file": there} if there else {})
        yield Trace("npm", name, version, Rung.FETCHED, PLACE.id, path, number, at, Confidence.HIGH, detail)


def package_of(url: str) -> tuple[str, str]:
    """Return name and version that a registry's address tells; no version for a package's document."""
    path = unquote(url.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0])
    before, tarball, file = path.partition("/-/")
    parts = before.split("/")
    scoped = next((at for at, part in enumerate(parts) if part.startswith("@")), None)
    if scoped is not None and len(parts) > scoped + 1:
        name = f"{parts[scoped]}/{parts[scoped + 1]}"
    else:
        name = parts[-1]
    if not npm.is_name(name):
        return "", ""
    if not tarball:
        return ("", "") if path.startswith("-/") else (name, "")
    stem = file.rpartition("/")[2].removesuffix(".tgz")
    bare = name.rpartition("/")[2] + "-"
    return name, stem.removeprefix(bare) if stem.startswith(bare) else ""


def _content(tree: Tree, cache: str, integrity: str) -> str:
    algorithm, _, digest = integrity.split(" ", maxsplit=1)[0].partition("-")
    try:
        text = base64.b64decode(digest, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""
    if algorithm not in ("sha512", "sha256", "sha1") or len(text) < 8:
        return ""
    path = f"{cache}/content-v2/{algorithm}/{text[:2]}/{text[2:4]}/{text[4:]}"
    return path if tree.has(path) else ""


PLACE = Place(
    "npm-cache",
    N_("npm's cache"),
    (Rung.RESOLVED, Rung.FETCHED),
    read,
    folders=("_cacache",),
    locations={
        "linux": ("{home}/.npm/_cacache", "$npm_config_cache/_cacache"),
        "macos": ("{home}/.npm/_cacache", "$npm_config_cache/_cacache"),
        "windows": ("{localappdata}/npm-cache/_cacache", "$npm_config_cache/_cacache"),
    },
)
