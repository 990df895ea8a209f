"""Zip archives, read the way two installers that disagree would both read them.

    [data before] local header + data ... [gaps] central directory [zip64 records] end record [comment]

One reader trusts the directory at the end, another (streaming) one the headers in front of each member; a hostile
archive shows each of them something else. So both are read: members of the directory, then what lies between them
and is a member nobody listed. Sizes and checksums are compared, never believed.

Sources: PKWARE APPNOTE.TXT 6.3.10; D. Fifield, "A better zip bomb" (WOOT 2019) for overlapping members; the zip
confusion advisories of Python installers (2025).
"""

import io
import lzma
import stat
import struct
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import BinaryIO

from lazaretto.model.finding import Signal, Stage
from lazaretto.model.text import N_
from lazaretto.parse.archive_member import Budget, Item, Member, anomaly, unread
from lazaretto.parse.archive_names import decode_name, leads_outside, member_path, printable
from lazaretto.parse.archive_zip_records import (
    END,
    END64,
    END64_LOCATOR,
    METHODS,
    Header,
    central,
    decompressor,
    extra_field,
    local,
)

_END = struct.Struct("<4s4H2LH")
_DIRECTORY_BYTES = 64 << 20
_LINK_BYTES = 4096
_PIECE = 1 << 16
_MAX_DEFLATE_RATIO = 1100
_FAR = (1 << 63) - 1
_HOLES = 100_000
_WINDOW = 1 << 18
_FALSE_HEADERS = 100_000


def read_zip(
    source: BinaryIO, path: str, prefix: str, budget: Budget, wanted: Callable[[str], bool] | None = None
) -> Iterator[Item]:
    """Yield the members, anomalies and gaps of a zip.

    `path` is the archive's own path for signals and gaps, `prefix` stands before every member's path. Members for
    which `wanted` is false are not unpacked.

    Raises:
        OverrunError: a limit of the whole archive is reached.
    """
    yield from _ZipReader(source, path, prefix, budget, wanted).items()


class _ZipReader:
    def __init__(
        self, source: BinaryIO, path: str, prefix: str, budget: Budget, wanted: Callable[[str], bool] | None
    ) -> None:
        self._source = source
        self._path = path
        self._prefix = prefix
        self._budget = budget
        self._wanted = wanted
        self._size = source.seek(0, io.SEEK_END)
        self._names: set[int] = set()
        self._odd_names = 0
        self._window = b""
        self._window_at = 0

    def items(self) -> Iterator[Item]:
        end = self._find_end()
        if end is None:
            yield unread(Stage.UNPACK, self._path, N_("the zip's directory is missing: read member by member"))
            yield from self._scan(0, self._size, listed=True)
            return
        directory, count, shift, remarks = end
        yield from remarks
        places, offsets, ends, whole = self._walk_directory(directory)
        if not whole or (len(places) <= self._budget.limits.files and len(places) & 0xFFFF != count & 0xFFFF):
            yield unread(
                Stage.UNPACK,
                self._path,
                N_("the zip's directory is damaged: {found} of {count} members are listed"),
                found=len(places),
                count=count,
            )
        order = sorted(range(len(offsets)), key=offsets.__getitem__)
        overlaps = sum(ends[one] > offsets[other] for one, other in pairwise(order))
        if overlaps:
            yield self._odd("overlap", f"{overlaps} members share their bytes")
        starts = array("Q", (offsets[index] for index in order))
        holes: list[tuple[int, int]] = []
        if not starts and self._size > 22:
            holes.append((0, self._size))
        elif starts and starts[0] + shift > 0:
            yield self._odd("prefixed", f"{starts[0] + shift} bytes")
            holes.append((0, starts[0] + shift))
        limit = self._size - len(directory)
        for place in places:
            header = central(directory, place)
            after = bisect_right(starts, header.offset)
            follower = starts[after] + shift if after < len(starts) else limit
            stop = 0
            for item in self._listed(header, header.offset + shift):
                if isinstance(item, int):
                    stop = item
                else:
                    yield item
            if stop and follower - stop > 24:
                holes.append((stop, follower))
        if self._odd_names:
            yield anomaly("name-encoding", f"{self._odd_names} names", self._path)
        if len(holes) > _HOLES:
            reason = N_("more than {limit} spaces between members: the rest of them was not searched")
            yield unread(Stage.LIMIT, self._path, reason, limit=_HOLES)
        for begin, stop in holes[:_HOLES]:
            yield from self._scan(begin, stop, listed=False)

    # -- the directory ---------------------------------------------------------------------------------------------

    def _find_end(self) -> tuple[bytes, int, int, list[Item]] | None:
        """Return directory, number of members, shift of all offsets, and remarks; None when there is no end record."""
        tail_at = max(0, self._size - 65557 - 64)
        tail = self._at(tail_at, self._size - tail_at)
        at = len(tail)
        found = -1
        while (at := tail.rfind(b"PK\x05\x06", 0, at)) >= 0:
            if at + 22 <= len(tail):
                comment = int.from_bytes(tail[at + 20 : at + 22], "little")
                if at + 22 + comment == len(tail):
                    found = at
                    break
                if found < 0:
                    found = at
        if found < 0:
            return None
        remarks: list[Item] = []
        _, _, _, _, count, size, offset, comment = END.unpack_from(tail, found)
        end_at = tail_at + found
        over = self._size - end_at - 22 - comment
        if over > 0:
            remarks.append(self._odd("trailing-data", f"{over} bytes after the end"))
        text = tail[found + 22 : found + 22 + comment]
        if b"PK\x05\x06" in text or b"PK\x01\x02" in text:
            remarks.append(self._odd("two-directories", "a second end record in the comment"))
        elif len(text) > 1024:
            remarks.append(self._odd("comment", f"{len(text)} bytes"))
        directory_end = end_at
        if 0xFFFFFFFF in (size, offset) or count == 0xFFFF:
            locator = self._at(end_at - 20, 20)
            if len(locator) == 20 and locator.startswith(b"PK\x06\x07"):
                where = END64_LOCATOR.unpack(locator)[2]
                for guess in (where, end_at - 20 - 56):  # shifted archives: the record stands right before its locator
                    record = self._at(guess, 56)
                    if len(record) == 56 and record.startswith(b"PK\x06\x06"):
                        _, _, _, _, _, _, _, count, size, offset = END64.unpack(record)
                        directory_end = guess
                        break
        shift = directory_end - size - offset
        begin = directory_end - size
        if size > _DIRECTORY_BYTES or begin < 0:
            return None
        if shift < 0 or (count and self._at(begin, 4) != b"PK\x01\x02"):
            if self._at(offset, 4) != b"PK\x01\x02":
                return None
            begin, shift = offset, 0
        return self._at(begin, size), count, shift, remarks

    def _walk_directory(self, directory: bytes) -> "tuple[array[int], array[int], array[int], bool]":
        """Return places in the directory, beginnings and least ends of the members, and whether it is whole."""
        places, offsets, ends = array("Q"), array("Q"), array("Q")
        at, end = 0, len(directory)
        while at + 46 <= end and directory.startswith(b"PK\x01\x02", at):
            if len(places) > self._budget.limits.files:
                return places, offsets, ends, True
            header = central(directory, at)
            places.append(at)
            offsets.append(min(header.offset, _FAR))
            ends.append(min(header.offset + 30 + len(header.name) + header.packed, _FAR))
            name, extra, comment = struct.unpack_from("<3H", directory, at + 28)
            at += 46 + name + extra + comment
        return places, offsets, ends, at == end or directory.startswith(b"PK\x05\x05", at)

    # -- members ---------------------------------------------------------------------------------------------------

    def _listed(self, header: Header, begin: int) -> Iterator[Item | int]:
        """Yield what one directory entry gives, and (as an int) where its data ends."""
        self._budget.file()
        path, remarks = self._name(header)
        yield from remarks
        raw = self._at(begin, 30)
        if len(raw) < 30 or not raw.startswith(b"PK\x03\x04"):
            yield unread(Stage.UNPACK, self._prefix + path, N_("the zip's directory points to no member"))
            return
        front = local(raw)
        front.name = self._at(begin + 30, len(front.name) or int.from_bytes(raw[26:28], "little"))
        name_length, extra_length = struct.unpack_from("<2H", raw, 26)
        data_at = begin + 30 + name_length + extra_length
        yield data_at + header.packed
        alias = ""
        if front.name != header.name:
            alias = member_path(decode_name(front.name, utf8=bool(front.flags & 0x800))[0])[0]
            if alias == path:
                alias = ""
            else:
                yield self._odd("local-name", f"{path} is {alias} to a streaming reader", path)
        if front.method != header.method or (front.flags & 1) != (header.flags & 1):
            yield self._odd("local-header", f"method {header.method} in the directory, {front.method} in front", path)
        elif not front.flags & 8 and front.packed not in (header.packed, 0xFFFFFFFF):
            yield self._odd("lying-size", f"{header.packed} packed in the directory, {front.packed} in front", path)
        yield from self._member(header, path, data_at, alias)

    def _name(self, header: Header) -> tuple[str, list[Item]]:
        text, plain = decode_name(header.name, utf8=bool(header.flags & 0x800))
        unicode_name = extra_field(header.extra, 0x7075)
        remarks: list[Item] = []
        if len(unicode_name) > 5 and int.from_bytes(unicode_name[1:5], "little") == zlib.crc32(header.name):
            other = decode_name(unicode_name[5:], utf8=True)[0]
            if other != text and plain:
                remarks.append(self._odd("local-name", f"{text} is {other} by its Unicode field"))
            text, plain = other, True
        if not plain:
            self._odd_names += 1
        path, odd = member_path(text)
        remarks.extend(self._odd(word, printable(text), path) for word in odd)
        key = hash(path)
        if key in self._names and not text.endswith("/"):
            remarks.append(self._odd("duplicate-name", path, path))
        self._names.add(key)
        return path, remarks

    def _member(self, header: Header, path: str, data_at: int, alias: str) -> Iterator[Item]:
        shown = self._prefix + path
        kind = stat.S_IFMT(header.mode)
        limits = self._budget.limits
        if header.name.endswith((b"/", b"\\")) and header.size == 0:
            return
        if len(path) > limits.path_chars or path.count("/") > limits.depth:
            yield self._odd("long-path", f"{len(path)} characters", path[:80])
            yield unread(Stage.LIMIT, shown[: limits.path_chars], N_("its path is too long or too deep"))
            return
        if not path:
            yield unread(Stage.UNPACK, self._path, N_("a member without a name"))
            return
        if kind and kind not in (stat.S_IFREG, stat.S_IFLNK, stat.S_IFDIR):
            yield self._odd("device", f"mode {header.mode:o}", path)
        if header.flags & 0x2041:
            yield self._odd("encrypted", path, path)
            yield unread(Stage.UNPACK, shown, N_("encrypted: its content cannot be read"))
            return
        if header.method not in METHODS:
            yield self._odd("unsupported", f"compression method {header.method}", path)
            yield unread(
                Stage.UNPACK, shown, N_("compressed by a method that is not known: {method}"), method=header.method
            )
            return
        if self._wanted is not None and not self._wanted(shown):
            return
        if header.size > limits.file_bytes and header.packed * _MAX_DEFLATE_RATIO >= header.size:
            if header.size > limits.archive_ratio * max(header.packed, 1):
                yield self._odd("bomb", f"{header.size} bytes from {header.packed}", path)
            yield unread(Stage.LIMIT, shown, N_("larger than {limit} bytes"), limit=limits.file_bytes)
            return
        data, faults = self._inflate(header, data_at)
        for word, detail in faults:
            if word == "bomb":
                yield self._odd(word, detail, path)
                yield unread(Stage.LIMIT, shown, N_("unpacks to too many bytes: {detail}"), detail=detail)
                return
            if word == "damaged":
                yield unread(
                    Stage.UNPACK,
                    shown,
                    N_("damaged or cut short: {size} bytes were read"),
                    size=len(data),
                )
            else:
                yield self._odd(word, detail, path)
        if kind == stat.S_IFLNK:
            target = printable(data[:_LINK_BYTES].decode("utf-8", "surrogateescape"))
            outside = leads_outside(path, target)
            yield Signal("link", f"{'outside' if outside else 'inside'}\t{target}", shown)
            if outside:
                yield self._odd("link", target, path)
                yield unread(
                    Stage.UNPACK,
                    shown,
                    N_("a link that leads outside, to {target}: not followed"),
                    partial=True,
                    target=target,
                )
            return
        yield Member(shown, data)
        if alias:
            yield Member(self._prefix + alias, data)

    def _inflate(self, header: Header, at: int) -> tuple[bytes, list[tuple[str, str]]]:
        """Return the member's bytes and what was wrong, as (word, detail)."""
        limits, budget = self._budget.limits, self._budget
        out = io.BytesIO()
        crc = count = 0
        left = min(header.packed, max(self._size - at, 0))
        damaged = left < header.packed
        inner = decompressor(header.method)
        self._source.seek(at)
        while True:
            if inner is None:
                piece = self._source.read(min(left, _PIECE))
                left -= len(piece)
                if not piece:
                    break
            else:
                if inner.eof or (header.method == 14 and count >= header.size):  # raw LZMA may have no end mark
                    break
                data = b""
                if inner.needs_input:
                    data = self._source.read(min(left, _PIECE))
                    left -= len(data)
                    if not data:
                        damaged = True
                        break
                try:
                    piece = inner.decompress(data, _PIECE)
                except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError, MemoryError):
                    damaged = True
                    break
            budget.take(len(piece))
            count += len(piece)
            crc = zlib.crc32(piece, crc)
            out.write(piece)
            if count > limits.file_bytes:
                return b"", [("bomb", f"more than {limits.file_bytes} bytes, {header.size} declared")]
            if count > limits.ratio_floor and count > limits.archive_ratio * max(header.packed, 1):
                return b"", [("bomb", f"more than {limits.archive_ratio} times its packed size")]
        faults: list[tuple[str, str]] = []
        if damaged:
            faults.append(("damaged", ""))
        if count != header.size:
            faults.append(("lying-size", f"{header.size} declared, {count} read"))
        elif crc != header.crc and not damaged:
            faults.append(("bad-crc", f"{header.crc:08x} declared, {crc:08x} computed"))
        if inner is not None and inner.eof and left + len(inner.unused_data) > 0:
            faults.append(("lying-size", f"{left + len(inner.unused_data)} bytes after the compressed data"))
        return out.getvalue(), faults

    # -- members that no directory lists -----------------------------------------------------------------------------

    def _scan(self, begin: int, stop: int, *, listed: bool) -> Iterator[Item]:
        """Read local headers between two offsets. `listed` is true when there is no directory that could list them."""
        at = begin
        wrong = 0
        while (at := self._find(b"PK\x03\x04", at, stop)) >= 0:
            if wrong > _FALSE_HEADERS:
                reason = N_("more than {limit} damaged members: the rest was not searched")
                yield unread(Stage.LIMIT, self._path, reason, limit=_FALSE_HEADERS)
                return
            raw = self._at(at, 30)
            if len(raw) < 30:
                return
            header = local(raw)
            name_length, extra_length = struct.unpack_from("<2H", raw, 26)
            header.name = self._at(at + 30, name_length)
            data_at = at + 30 + name_length + extra_length
            if header.method not in METHODS or not header.name or data_at > stop:
                wrong += 1
                at += 4
                continue
            self._budget.file()
            streamed = bool(header.flags & 8) and not header.packed
            if streamed:  # size unknown: the stream says where it ends, or for stored data the next header does
                header.packed = stop - data_at
                if header.method == 0 and (follower := self._find(b"PK\x07\x08", data_at, stop)) >= 0:
                    header.packed = follower - data_at
            path, remarks = self._name(header)
            yield from remarks
            if not listed:
                yield self._odd("unlisted-member", path, path)
            for item in self._member(header, path, data_at, ""):
                lies = isinstance(item, Signal) and item.value.startswith(("lying-size\t", "bad-crc\t"))
                if not (streamed and lies):  # their true size and checksum stand behind the data
                    yield item
            at = data_at + (0 if streamed else header.packed)
            if at >= stop:
                return

    def _find(self, needle: bytes, begin: int, stop: int) -> int:
        while begin < stop:
            if not 0 <= begin - self._window_at < len(self._window) - len(needle):
                self._window_at, self._window = begin, self._at(begin, _WINDOW)
            at = self._window.find(needle, begin - self._window_at)
            if at >= 0:
                return self._window_at + at if self._window_at + at < stop else -1
            ahead = self._window_at + len(self._window)
            if ahead >= self._size:
                return -1
            begin = ahead - len(needle) + 1
            self._window_at, self._window = begin, self._at(begin, _WINDOW)
        return -1

    # -- helpers -----------------------------------------------------------------------------------------------------

    def _at(self, offset: int, count: int) -> bytes:
        if offset < 0 or count <= 0 or offset >= self._size:
            return b""
        self._source.seek(offset)
        return self._source.read(min(count, self._size - offset))

    def _odd(self, word: str, detail: str, member: str = "") -> Signal:
        return anomaly(word, detail, self._prefix + member if member else self._path)
