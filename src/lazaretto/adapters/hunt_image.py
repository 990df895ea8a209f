"""The layers of a container image as trees: `docker save` archives, OCI archives and OCI layout folders.

Outer archive: only its headers are read at first. Layers are streamed; of their members only small files with telling
names are kept, and names of all others. Nothing is unpacked to disk. Sources: the OCI image specification
(image-layout, layer, config) and the Docker image specification 1.2 (`manifest.json`).
"""

import io
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from lazaretto.adapters.files import UnreadableError, read_file
from lazaretto.adapters.hunt_git import Note
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse import archive_kinds as kinds
from lazaretto.parse.archive_member import Budget, Member, OverrunError
from lazaretto.parse.archive_streams import CompressedStream, PlainStream, can_read
from lazaretto.parse.archive_tar import read_tar
from lazaretto.parse.blob import Blob
from lazaretto.parse.limits import Limits
from lazaretto.traces.place import DOCUMENT, Layer
from lazaretto.traces.project import may_be_document

LAYERS = 200
MEMBERS = 200_000
MANIFEST = 8 << 20
KEPT_FILE = 1 << 20
KEPT = 192 << 20
_LIMITS = Limits(
    file_bytes=KEPT_FILE, archive_bytes=64 << 30, archive_ratio=10_000, files=3_000_000, total_bytes=64 << 30
)
_IMAGE_LIKE = re.compile(
    r"(?:\./)?(?:blobs/|oci-layout$|index\.json$|manifest\.json$|repositories$|[0-9a-f]{64}(?:/|\.json$|$)|sha256:)"
)
_KEPT_NAMES = re.compile(
    r"(?:^|/)(?:METADATA|RECORD|INSTALLER|PKG-INFO|direct_url\.json|\.[a-z_]*history|fish_history|crontab|\.pnp\.cjs|pip\.log"
    r"|\.(?:bashrc|profile|zshrc|npmrc|gitconfig|mcp\.json)|[^/]+\.(?:pth|log|service|desktop|plist))$"
    r"|/index-v5/|/_logs/|(?:^|/)etc/cron"
)


class _Source(Protocol):
    def open(self, name: str) -> BinaryIO | None: ...
    def small(self, name: str) -> bytes | None: ...


@dataclass
class MemoryTree:
    """The tree of one layer. Files that were not kept are there, and read as None."""

    root: str
    folders: dict[str, set[str]] = field(default_factory=lambda: {"": set()})
    files: dict[str, dict[str, tuple[bytes | None, float]]] = field(default_factory=dict)

    def add(self, path: str, data: bytes | None, at: float) -> None:
        """Put a file, and the folders above it."""
        folder, _, name = path.rpartition("/")
        known = self.files.setdefault(folder, {})
        if data is not None or name not in known:
            known[name] = (data, at)
        while folder:
            above, _, last = folder.rpartition("/")
            self.folders.setdefault(folder, set())
            siblings = self.folders.setdefault(above, set())
            if last in siblings:
                return
            siblings.add(last)
            folder = above

    def list(self, path: str) -> tuple[Sequence[str], Sequence[str]]:
        """Return names of folders and files."""
        inside = self._inside(path)
        return sorted(self.folders.get(inside, ())), sorted(self.files.get(inside, ()))

    def read(self, path: str, limit: int = DOCUMENT) -> Blob | None:
        """Return a file that was kept."""
        data = self._entry(path)[0]
        return Blob(path, data) if data is not None and len(data) <= limit else None

    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield a kept file."""
        data = self._entry(path)[0]
        if data:
            yield data

    def time(self, path: str) -> float:
        """Return the time in the archive."""
        return self._entry(path)[1]

    def has(self, path: str) -> bool:
        """Tell whether it is in this layer."""
        folder, _, name = self._inside(path).rpartition("/")
        return name in self.files.get(folder, ()) or self._inside(path) in self.folders

    def rows(self, path: str, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Databases in layers are not opened."""
        return iter(())

    def is_image(self, path: str) -> bool:
        """Images in images are not opened."""
        return False

    def layers(self, path: str) -> Iterator[Layer]:
        """Images in images are not opened."""
        return iter(())

    def history(self, path: str, wanted: Callable[[str], bool]) -> Iterator[tuple[float, str, Blob]]:
        """Repositories in layers are not opened."""
        return iter(())

    def _inside(self, path: str) -> str:
        return path.removeprefix(self.root).strip("/")

    def _entry(self, path: str) -> tuple[bytes | None, float]:
        folder, _, name = self._inside(path).rpartition("/")
        return self.files.get(folder, {}).get(name, (None, 0.0))


def is_image(path: str) -> bool:
    """Tell by its first entry whether a file is a container image; most archives are none."""
    if path.endswith("/oci-layout"):
        return True
    try:
        with open(path, "rb") as raw, _opened(raw) as archive:  # noqa: PTH123 - a file that the walk just listed
            first = archive.next()
            return first is not None and _IMAGE_LIKE.match(first.name) is not None
    except (OSError, tarfile.TarError, EOFError, ValueError, zlib.error):
        return False


def layers(path: str, note: Note) -> Iterator[Layer]:
    """Yield the layers of an image; nothing when the file is none."""
    if path.endswith("/oci-layout"):
        yield from _image(_Folder(path.removesuffix("/oci-layout")), path.removesuffix("/oci-layout"), note)
        return
    if not is_image(path):
        return
    try:
        with open(path, "rb") as raw, _opened(raw) as archive:  # noqa: PTH123
            yield from _image(_Tar(archive), path, note)
    except (OSError, tarfile.TarError, EOFError, ValueError, zlib.error) as error:
        text = N_("the image is damaged or cut short: {error}")
        note(Stage.UNPACK, path, Message.of(text, {"error": str(error)[:100]}))


def _opened(raw: BinaryIO) -> tarfile.TarFile:
    head = raw.read(512)
    raw.seek(0)
    if head[:2] == b"\x1f\x8b":
        return tarfile.open(fileobj=raw, mode="r:gz")
    if not kinds.tar_checksum_ok(head):
        raise tarfile.ReadError("no tar")
    return tarfile.open(fileobj=raw, mode="r:")


class _Tar:
    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._members: dict[str, tarfile.TarInfo] = {}
        for member in archive:
            if len(self._members) < MEMBERS:
                self._members[member.name.removeprefix("./")] = member

    def open(self, name: str) -> BinaryIO | None:
        member = self._members.get(name)
        for _ in range(8):  # older images link equal layers
            if member is None or not member.issym():
                break
            target = member.linkname.rpartition("../")[2]
            member = self._members.get(target)
        if member is None or not member.isfile():
            return None
        stream = self._archive.extractfile(member)
        return stream if stream is None else io.BufferedReader(stream)  # type: ignore[type-var]

    def small(self, name: str) -> bytes | None:
        stream = self.open(name)
        return stream.read(MANIFEST) if stream is not None else None


class _Folder:
    def __init__(self, root: str) -> None:
        self._root = root

    def open(self, name: str) -> BinaryIO | None:
        path = Path(self._root, name)
        if ".." in name.split("/") or path.is_symlink() or not path.is_file():
            return None
        return path.open("rb")

    def small(self, name: str) -> bytes | None:
        try:
            return read_file(f"{self._root}/{name}", MANIFEST)
        except UnreadableError:
            return None


def _image(source: _Source, path: str, note: Note) -> Iterator[Layer]:
    found = list(_manifests(source))
    if not found:
        note(Stage.PARSE, path, Message.of(N_("an image without a manifest that can be read")))
        return
    seen: set[str] = set()
    for config_name, names in found:
        config = _json(source.small(config_name)) if config_name else None
        history = [row for row in _list(config, "history") if isinstance(row, dict)]
        commands = [row for row in history if not row.get("empty_layer")]
        for number, name in enumerate(names[:LAYERS]):
            row = commands[number] if number < len(commands) else {}
            if name in seen:
                continue
            seen.add(name)
            root = f"{path}!/{name.rpartition(':')[2].replace('/layer.tar', '').removeprefix('blobs/sha256/')[:16]}"
            tree, removed = _read_layer(source.open(name), root, note)
            yield Layer(root, tree, removed, _command(row), _created(row))
        for row in history:
            if row.get("empty_layer"):
                yield Layer(f"{path}!/config", None, frozenset(), _command(row), _created(row))


def _manifests(source: _Source) -> Iterator[tuple[str, list[str]]]:
    docker = _json(source.small("manifest.json"))
    if isinstance(docker, list):
        for entry in docker[:50]:
            if isinstance(entry, dict):
                names = [name for name in _list(entry, "Layers") if isinstance(name, str)]
                yield str(entry.get("Config") or ""), names
        return
    stack = [_json(source.small("index.json"))]
    for _ in range(100):
        if not stack:
            return
        document = stack.pop()
        for entry in _list(document, "manifests"):
            digest = entry.get("digest") if isinstance(entry, dict) else None
            if isinstance(digest, str):
                stack.append(_json(source.small(_blob(digest))))
        names = [
            _blob(one["digest"])
            for one in _list(document, "layers")
            if isinstance(one, dict) and isinstance(one.get("digest"), str)
        ]
        if names and isinstance(document, dict):
            config = document.get("config")
            digest = config.get("digest") if isinstance(config, dict) else None
            yield (_blob(digest) if isinstance(digest, str) else ""), names


def _blob(digest: str) -> str:
    algorithm, _, text = digest.partition(":")
    return f"blobs/{algorithm}/{text}" if re.fullmatch(r"[a-z0-9]{2,16}:[0-9a-f]{16,128}", digest) else "none"


def _json(data: bytes | None) -> Any:  # noqa: ANN401 - the only place that distrusts it is right below
    try:
        return json.loads(data) if data else None
    except (ValueError, RecursionError):
        return None


def _list(document: object, key: str) -> list[Any]:
    value = document.get(key) if isinstance(document, dict) else None
    return value if isinstance(value, list) else []


def _command(row: dict[str, Any]) -> str:
    text = row.get("created_by")
    if not isinstance(text, str):
        return ""
    text = text.partition("/bin/sh -c ")[2] or text
    return text.removeprefix("RUN ").partition(" # buildkit")[0].replace("#(nop)", "").strip()[:8000]


def _created(row: dict[str, Any]) -> str:
    text = row.get("created")
    match = re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text) if isinstance(text, str) else None
    return match[0] + "Z" if match else ""


def _read_layer(stream: BinaryIO | None, root: str, note: Note) -> tuple[MemoryTree | None, frozenset[str]]:
    if stream is None:
        note(Stage.READ, root, Message.of(N_("the layer is not in the image")))
        return None, frozenset()
    tree, removed = MemoryTree(root), set()
    kept = 0

    def wanted(path: str) -> bool:
        nonlocal kept
        path = path.removeprefix("./")
        folder, _, name = path.rpartition("/")
        if name == ".wh..wh..opq":
            removed.add(folder)
        elif name.startswith(".wh."):
            removed.add(f"{folder}/{name[4:]}" if folder else name[4:])
        else:
            tree.add(path, None, 0.0)
        return kept < KEPT and (may_be_document(name) or _KEPT_NAMES.search(path) is not None)

    with stream:
        head = stream.read(512)
        kind = kinds.sniff(head) or ("tar" if kinds.tar_checksum_ok(head) else "")
        joined = _Joined(head, stream)
        budget = Budget(_LIMITS, 1 << 40)
        try:
            if kind and kind != "tar" and not can_read(kind):
                note(Stage.UNPACK, root, Message.of(N_("a {kind} archive: it cannot be unpacked here"), {"kind": kind}))
                return None, frozenset(removed)
            plain = (
                PlainStream(joined.read, budget) if kind in ("tar", "") else CompressedStream(kind, joined.read, budget)
            )
            for item in read_tar(plain, root, "", budget, wanted):
                if isinstance(item, Member):
                    kept += len(item.data)
                    tree.add(item.path.removeprefix("./"), item.data, 0.0)
                elif isinstance(item, Gap) and not item.partial and item.stage is not Stage.LIMIT:
                    note(item.stage, f"{root}/{item.subject}", item.reason, partial=True)
        except OverrunError as error:
            note(Stage.LIMIT, root, error.message)
        except (OSError, tarfile.TarError, EOFError, zlib.error) as error:
            note(Stage.UNPACK, root, Message.of(N_("reading failed: {error}"), {"error": str(error)[:100]}))
    if kept >= KEPT:
        note(Stage.LIMIT, root, Message.of(N_("only a part of the layer's files was looked at")))
    return tree, frozenset(removed)


class _Joined:
    """A stream whose beginning was already read."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def read(self, count: int) -> bytes:
        if self._head:
            piece, self._head = self._head[:count], self._head[count:]
            return piece
        return self._stream.read(count)
