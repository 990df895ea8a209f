"""The object database of a git repository, read object by object with dulwich, never with git.

A repository that somebody else made may lie in every byte: pack indexes that point anywhere, objects that unpack to
gigabytes, links and pipes in place of files, alternates that borrow objects from elsewhere on this machine. Nothing of
its configuration is read, nothing is borrowed, an object's declared size is looked at before it is unpacked (and
dulwich unpacks no more than was declared), and whatever goes wrong is one of two errors.

Sources: git's gitformat-pack(5), gitrepository-layout(5).
"""

import mmap
import os
import re
import stat
import zlib
from pathlib import Path

from dulwich.object_format import SHA1, SHA256, ObjectFormat
from dulwich.objects import RawObjectID
from dulwich.pack import Pack

from lazaretto.adapters.files import UnreadableError, read_file

COMMIT, TREE, BLOB, TAG = 1, 2, 3, 4
_TYPES = {b"commit": COMMIT, b"tree": TREE, b"blob": BLOB, b"tag": TAG}
_OFS_DELTA, _REF_DELTA = 6, 7
_CHAIN = 4096
_PACKS = 10_000
_HEX = re.compile(rb"[0-9a-f]+")


class ObjectError(Exception):
    """An object is missing or damaged."""


class LargeObjectError(ObjectError):
    """An object, or something that it is built from, is larger than allowed."""


class Objects:
    """One `objects` folder."""

    def __init__(self, folder: Path, limit: int, *, wide: bool = False) -> None:
        """`limit` is the largest object in bytes; `wide` means SHA-256 object names (64 hexadecimal digits)."""
        self._folder = folder
        self._limit = limit
        self.format: ObjectFormat = SHA256 if wide else SHA1
        self._packs: list[_Pack] | None = None

    def get(self, name: bytes) -> tuple[int, bytes]:
        """Return type and content of the object with this hexadecimal name.

        Raises:
            LargeObjectError: larger than the limit.
            ObjectError: missing or damaged.
        """
        found = self._loose(name)
        if found is not None:
            return found
        raw = bytes.fromhex(name.decode())
        for pack in self._opened():
            offset = pack.offset(raw)
            if offset is not None:
                pack.weigh(offset, self._limit)
                return pack.get(raw)
        raise ObjectError(name.decode())

    def names(self, prefix: bytes) -> list[bytes]:
        """Return the names of at most a few objects that begin with these hexadecimal digits."""
        found: set[bytes] = set()
        if len(prefix) >= 2:
            try:
                listed = [path.name for path in (self._folder / prefix[:2].decode()).iterdir()]
            except OSError:
                listed = []
            found.update(
                prefix[:2] + rest.encode() for rest in listed if rest.encode("utf-8", "replace").startswith(prefix[2:])
            )
        for pack in self._opened():
            found.update(pack.names(prefix))
        return sorted(name for name in found if len(name) == self.format.hex_length and _HEX.fullmatch(name))[:8]

    def borrows(self) -> bool:
        """Tell whether the repository wants objects from somewhere else (`objects/info/alternates`)."""
        return os.path.lexists(self._folder / "info" / "alternates")

    def close(self) -> None:
        """Close the packs."""
        for pack in self._packs or ():
            pack.close()
        self._packs = None

    def _loose(self, name: bytes) -> tuple[int, bytes] | None:
        if not _HEX.fullmatch(name) or len(name) != self.format.hex_length:
            raise ObjectError(name.decode("ascii", "replace"))
        text = name.decode()
        path = self._folder / text[:2] / text[2:]
        if not os.path.lexists(path):
            return None
        try:
            packed = read_file(path, self._limit + (1 << 20))
            inner = zlib.decompressobj()
            data = inner.decompress(packed, self._limit + 64)
        except UnreadableError as error:
            raise ObjectError(text) from error
        except zlib.error as error:
            raise ObjectError(text) from error
        head, end, body = data.partition(b"\0")
        kind, _, size = head.partition(b" ")
        if not end or kind not in _TYPES or not size.isdigit() or len(size) > 18:
            raise ObjectError(text)
        if int(size) > self._limit or len(body) > self._limit:
            raise LargeObjectError(text)
        if len(body) != int(size):
            raise ObjectError(text)
        return _TYPES[kind], body

    def _opened(self) -> "list[_Pack]":
        if self._packs is None:
            self._packs = []
            try:
                names = sorted(path.name for path in (self._folder / "pack").iterdir())[:_PACKS]
            except OSError:
                names = []
            for name in names:
                path = self._folder / "pack" / name
                if name.endswith(".pack") and _regular(path) and _regular(path.with_suffix(".idx")):
                    self._packs.append(_Pack(path, self.format))
        return self._packs


class _Pack:
    """One pack: dulwich unpacks, we weigh first."""

    def __init__(self, path: Path, object_format: ObjectFormat) -> None:
        self._path = path
        self._format = object_format
        self._pack = Pack(str(path.with_suffix("")), object_format=object_format)
        self._map: mmap.mmap | None = None
        self._weighed: set[int] = set()
        self._broken = False

    def offset(self, raw: bytes) -> int | None:
        if self._broken:
            return None
        try:
            return int(self._pack.index.object_offset(RawObjectID(raw)))
        except KeyError:
            return None
        except Exception:  # noqa: BLE001 - a damaged index may raise anything
            self._broken = True
            return None

    def names(self, prefix: bytes) -> list[bytes]:
        found: list[bytes] = []
        try:
            for raw in self._pack.index.iter_prefix(bytes.fromhex(prefix[: len(prefix) & ~1].decode())):
                name = bytes(raw).hex().encode()
                if name.startswith(prefix):
                    found.append(name)
                if len(found) > 8:
                    break
        except Exception:  # noqa: BLE001 - a damaged index may raise anything
            self._broken = True
        return found

    def get(self, raw: bytes) -> tuple[int, bytes]:
        try:
            kind, data = self._pack.get_raw(RawObjectID(raw))
            return kind, bytes(data)
        except Exception as error:
            raise ObjectError(raw.hex()) from error

    def weigh(self, offset: int, limit: int) -> None:
        """Refuse an object when it, or a base that it is built from, declares more than `limit` bytes."""
        try:
            data = self._mapped()
            chain = 0
            while offset not in self._weighed:
                chain += 1
                kind, size, base, at = _entry(data, offset, self._format.oid_length)
                if chain > _CHAIN or size > limit:
                    raise LargeObjectError(str(offset))
                if kind in (_OFS_DELTA, _REF_DELTA):
                    if _delta_result(data, at) > limit:
                        raise LargeObjectError(str(offset))
                    self._weighed.add(offset)
                    found = offset - base if isinstance(base, int) else self.offset(base)
                    if found is None or not 0 < found < len(data) or found == offset:
                        raise ObjectError(str(offset))
                    offset = found
                else:
                    self._weighed.add(offset)
        except ObjectError:
            self._weighed.clear()
            raise
        except (IndexError, ValueError, OSError, zlib.error) as error:
            raise ObjectError(str(offset)) from error

    def close(self) -> None:
        self._pack.close()
        if self._map is not None:
            self._map.close()
            self._map = None

    def _mapped(self) -> mmap.mmap:
        if self._map is None:
            with self._path.open("rb") as stream:
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        return self._map


def _entry(data: "mmap.mmap | bytes", offset: int, name_bytes: int) -> tuple[int, int, int | bytes, int]:
    """Return type, declared size, base (distance or name) and where the compressed data begins."""
    byte = data[offset]
    at = offset + 1
    kind, size, shift = byte >> 4 & 7, byte & 15, 4
    while byte & 0x80 and shift < 64:
        byte = data[at]
        at += 1
        size |= (byte & 0x7F) << shift
        shift += 7
    if kind == _OFS_DELTA:
        byte = data[at]
        at += 1
        distance = byte & 0x7F
        while byte & 0x80 and distance < 1 << 62:
            byte = data[at]
            at += 1
            distance = ((distance + 1) << 7) | (byte & 0x7F)
        return kind, size, distance, at
    if kind == _REF_DELTA:
        return kind, size, bytes(data[at : at + name_bytes]), at + name_bytes
    return kind, size, 0, at


def _delta_result(data: "mmap.mmap | bytes", at: int) -> int:
    """Return the size that a delta declares for what it makes."""
    head = zlib.decompressobj().decompress(bytes(data[at : at + 256]), 32)
    here = 0
    while head[here] & 0x80:  # the size of the base
        here += 1
    here += 1
    size = shift = 0
    while True:
        byte = head[here]
        here += 1
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return size


def check_stream(data: "mmap.mmap | bytes", limit: int, total: int, name_bytes: int = 20) -> None:
    """Walk over a pack that has no index yet and refuse it when an object, or all of them, are too large.

    Raises:
        LargeObjectError: an object declares more than `limit` bytes, or all together more than `total`.
        ObjectError: damaged.
    """
    try:
        if bytes(data[:4]) != b"PACK":
            raise ObjectError("header")
        count, at, summed = int.from_bytes(data[8:12], "big"), 12, 0
        for _ in range(count):
            kind, size, _, at = _entry(data, at, name_bytes)
            summed += size
            if kind in (_OFS_DELTA, _REF_DELTA):
                made = _delta_result(data, at)
                summed += made
                size_ok = made <= limit
            else:
                size_ok = True
            if size > limit or not size_ok or summed > total:
                raise LargeObjectError(str(at))
            at = _after_stream(data, at, size)
    except (IndexError, ValueError, zlib.error) as error:
        raise ObjectError("damaged pack") from error


def _after_stream(data: "mmap.mmap | bytes", at: int, size: int) -> int:
    inner = zlib.decompressobj()
    made = 0
    while not inner.eof:
        piece = bytes(data[at : at + (1 << 14)])
        if not piece:
            raise ObjectError("cut short")
        at += len(piece)
        while piece and not inner.eof:
            made += len(inner.decompress(piece, 1 << 20))
            piece = inner.unconsumed_tail
            if made > size:
                raise ObjectError("an object is larger than it says")
    return at - len(inner.unused_data)


def _regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
