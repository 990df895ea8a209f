"""Tar archives, read once from front to back out of a bounded stream.

    header block (512) [long name, pax records] data padded to 512 ... two blocks of zeros [whatever follows]

Installers differ in what they believe: the header or the pax record about a size, whether anything after the end
mark counts, whether a damaged header ends the archive. Here the pax record wins, as POSIX says, everything after the
end mark is still read, damaged headers are stepped over, and every such disagreement is said.

Sources: POSIX.1-2017 pax interchange format; GNU tar manual, "Basic Tar Format" and sparse formats;
CVE-2025-62518 (pax size against header size).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lazaretto.model.finding import Signal, Stage
from lazaretto.model.text import N_
from lazaretto.parse.archive_kinds import tar_checksum_ok
from lazaretto.parse.archive_member import Budget, Item, Member, anomaly, unread
from lazaretto.parse.archive_names import decode_name, leads_outside, member_path, printable
from lazaretto.parse.archive_streams import PlainStream

_BLOCK = 512
_RECORD_BYTES = 1 << 20
"""Longest pax header or GNU long name that is read."""
_OCTAL_SIZE = 8 << 30
"""From this size on a pax record is needed, and the header's own field is meaningless."""
_BAD_BLOCKS = 65_536
"""Blocks that are no headers, after which the rest is given up."""
_FILE_TYPES = frozenset(b"0\x007S")
_DEVICES = {0x33: "character device", 0x34: "block device", 0x36: "fifo"}


@dataclass(slots=True)
class _Pending:
    """What extension headers said about the member that follows."""

    name: bytes | None = None
    target: bytes | None = None
    pax: dict[str, bytes] = field(default_factory=dict)


def read_tar(
    stream: PlainStream, path: str, prefix: str, budget: Budget, wanted: Callable[[str], bool] | None = None
) -> Iterator[Item]:
    """Yield the members, anomalies and gaps of a tar.

    `path` is the archive's own path for signals and gaps, `prefix` stands before every member's path. Members for
    which `wanted` is false are skipped.

    Raises:
        OverrunError: a limit of the whole archive is reached.
    """
    yield from _TarReader(stream, path, prefix, budget, wanted).items()


class _TarReader:
    def __init__(
        self, stream: PlainStream, path: str, prefix: str, budget: Budget, wanted: Callable[[str], bool] | None
    ) -> None:
        self._stream = stream
        self._path = path
        self._prefix = prefix
        self._budget = budget
        self._wanted = wanted
        self._names: set[int] = set()
        self._links = 0
        self._odd_names = 0
        self._global: dict[str, bytes] = {}

    def items(self) -> Iterator[Item]:
        pending = _Pending()
        zeros = bad = 0
        after_end = False
        while True:
            block = self._stream.read(_BLOCK)
            if len(block) < _BLOCK:
                if block.strip(b"\0") or not zeros:
                    yield from self._cut_short(len(block))
                break
            if not block.strip(b"\0"):
                zeros += 1
                continue
            if not tar_checksum_ok(block):
                bad += 1
                if bad > _BAD_BLOCKS:
                    break
                continue
            if zeros >= 2 and not after_end:
                after_end = True
                yield anomaly("after-end", "members behind the end mark", self._path)
            zeros = 0
            yield from self._entry(block, pending)
            if block[156] not in b"xgLKNX":
                pending = _Pending()
        if bad:
            yield anomaly("bad-header", f"{bad} blocks", self._path)
            yield unread(
                Stage.UNPACK,
                self._path,
                N_("{count} blocks of the tar are no headers and were stepped over"),
                partial=True,
                count=bad,
            )
        if self._links:
            yield unread(
                Stage.UNPACK,
                self._path,
                N_("{count} hard links were not followed; what they point to was read under its own name"),
                partial=True,
                count=self._links,
            )
        if self._odd_names:
            yield anomaly("name-encoding", f"{self._odd_names} names", self._path)

    def _cut_short(self, rest: int) -> Iterator[Item]:
        if not self._stream.fault:
            yield unread(
                Stage.UNPACK,
                self._path,
                N_("the tar ends without an end mark ({rest} stray bytes)"),
                rest=rest,
            )

    def _entry(self, block: bytes, pending: _Pending) -> Iterator[Item]:
        self._budget.file()
        kind = block[156]
        size = _number(block[124:136])
        if size < 0:
            yield anomaly("bad-header", "a size that is no number", self._path)
            size = 0
        if kind in b"xXgLKN":
            yield from self._extension(kind, size, pending)
            return
        pax = {**self._global, **pending.pax}
        yield from self._size_dispute(pax, size, kind)
        stated = pax.get("size", b"")
        if stated.isdigit() and len(stated) < 20 and "size" in pending.pax:
            size = int(stated)
        raw, text, plain = self._raw_name(block, pending, pax)
        if not plain:
            self._odd_names += 1
        path, odd = member_path(text)
        for word in odd:
            yield anomaly(word, printable(text), self._prefix + path)
        header_name = _header_name(block)
        if "path" in pax and len(raw) < 100 and header_name != raw and raw.isascii() and header_name.isascii():
            yield anomaly(
                "pax-path", f"{printable(text)} is {printable(header_name.decode())} by its header", self._prefix + path
            )
        padded = size + -size % _BLOCK
        if kind in (0x31, 0x32):
            yield from self._link(kind, block, path, pending, pax)
            if (
                kind == 0x31
                and size
                and self._stream.peek(_BLOCK)
                and not tar_checksum_ok(self._stream.peek(_BLOCK).ljust(512, b"\0"))
            ):
                self._stream.skip(padded)  # pax allows data behind a hard link
            return
        if kind in _DEVICES:
            yield anomaly("device", _DEVICES[kind], self._prefix + path)
            return
        if kind == 0x35 or (kind in (0, 0x30) and text.endswith("/")):
            return  # a size there is an old tar's mistake; nobody skips it
        if kind in b"DMV":
            self._stream.skip(padded)
            return
        yield from self._file(kind, path, size, block, pax)

    def _size_dispute(self, pax: dict[str, bytes], size: int, kind: int) -> Iterator[Item]:
        stated = pax.get("size", b"")
        if stated and stated.isdigit() and len(stated) < 20 and kind in _FILE_TYPES:
            number = int(stated)
            if number != size and number < _OCTAL_SIZE:
                yield anomaly("pax-size", f"{size} in the header, {number} in the pax record", self._path)

    def _raw_name(self, block: bytes, pending: _Pending, pax: dict[str, bytes]) -> tuple[bytes, str, bool]:
        raw = pax.get("GNU.sparse.name") or pax.get("path") or pending.name or _header_name(block)
        text, plain = decode_name(raw)
        return raw, text, plain

    def _extension(self, kind: int, size: int, pending: _Pending) -> Iterator[Item]:
        padded = size + -size % _BLOCK
        if size > _RECORD_BYTES:
            self._stream.skip(padded)
            yield anomaly("bad-header", f"an extension header of {size} bytes", self._path)
            yield unread(
                Stage.LIMIT, self._path, N_("an extension header of {size} bytes was skipped"), partial=True, size=size
            )
            return
        data = self._stream.read(padded)[:size]
        if kind in b"LN":
            pending.name = data.split(b"\0", 1)[0]
        elif kind == 0x4B:
            pending.target = data.split(b"\0", 1)[0]
        else:
            records = _pax(data)
            if records is None:
                yield anomaly("bad-header", "pax records that do not add up", self._path)
                return
            if kind == 0x67:
                if "path" in records or "size" in records or "linkpath" in records:
                    yield anomaly("pax-path", "a global record renames or resizes every member", self._path)
                self._global = {**self._global, **records}
            else:
                pending.pax.update(records)

    def _link(self, kind: int, block: bytes, path: str, pending: _Pending, pax: dict[str, bytes]) -> Iterator[Item]:
        raw = pax.get("linkpath") or pending.target or block[157:257].split(b"\0", 1)[0]
        target = decode_name(raw)[0]
        shown = self._prefix + path
        at = path if kind == 0x32 else "x"  # a hard link counts from the root
        outside = leads_outside(at, target)
        yield Signal("link", f"{'outside' if outside else 'inside'}\t{printable(target)}", shown)
        if outside:
            yield anomaly("link", printable(target), shown)
            yield unread(
                Stage.UNPACK,
                shown,
                N_("a link that leads outside, to {target}: not followed"),
                partial=True,
                target=printable(target),
            )
        elif kind == 0x31:
            self._links += 1

    def _file(self, kind: int, path: str, size: int, block: bytes, pax: dict[str, bytes]) -> Iterator[Item]:
        limits, shown = self._budget.limits, self._prefix + path
        padded = size + -size % _BLOCK
        sparse = kind == 0x53 or any(key.startswith("GNU.sparse.") for key in pax)
        if kind == 0x53 and block[482]:
            while (more := self._stream.read(_BLOCK)) and len(more) == _BLOCK and more[504]:
                pass
        key = hash(path)
        if key in self._names:
            yield anomaly("duplicate-name", path, shown)
        self._names.add(key)
        problem: Item | None = None
        if len(path) > limits.path_chars or path.count("/") > limits.depth:
            yield anomaly("long-path", f"{len(path)} characters", self._prefix + path[:80])
            problem = unread(Stage.LIMIT, shown[: limits.path_chars], N_("its path is too long or too deep"))
        elif not path:
            problem = unread(Stage.UNPACK, self._path, N_("a member without a name"))
        elif size > limits.file_bytes:
            problem = unread(Stage.LIMIT, shown, N_("larger than {limit} bytes"), limit=limits.file_bytes)
        if problem is not None:
            yield problem
            self._stream.skip(padded)
            return
        if self._wanted is not None and not self._wanted(shown):
            self._stream.skip(padded)
            return
        if sparse:
            yield anomaly("sparse", path, shown)
            yield unread(Stage.UNPACK, shown, N_("a sparse file: read without its holes"), partial=True)
        data = self._stream.read(size)
        if len(data) < size:
            yield unread(Stage.UNPACK, shown, N_("damaged or cut short: {size} bytes were read"), size=len(data))
        else:
            self._stream.skip(padded - size)
        yield Member(shown, data)


def _header_name(block: bytes) -> bytes:
    name = block[:100].split(b"\0", 1)[0]
    if block[257:263] == b"ustar\0":
        folder = block[345:500].split(b"\0", 1)[0]
        if folder:
            return folder + b"/" + name
    return name


def _number(raw: bytes) -> int:
    """Return a size field: octal text, or base 256 when the first bit is set; -1 when it is neither."""
    if raw[0] & 0x80:
        if raw[0] & 0x40:
            return -1
        value = int.from_bytes(raw, "big") & ((1 << (8 * len(raw) - 1)) - 1)
        return value if value < 1 << 62 else -1
    text = raw.split(b"\0", 1)[0].strip()
    if not text:
        return 0
    try:
        return int(text, 8) if text.isdigit() else -1
    except ValueError:
        return -1


def _pax(data: bytes) -> dict[str, bytes] | None:
    r"""Return the records `LENGTH KEY=VALUE\\n` of a pax header, None when their lengths lie."""
    records: dict[str, bytes] = {}
    at = 0
    while at < len(data) and data[at]:
        space = data.find(b" ", at, at + 12)
        if space < 0 or not data[at:space].isdigit():
            return None
        length = int(data[at:space])
        end = at + length
        if length <= space - at + 1 or end > len(data) or data[end - 1 : end] != b"\n":
            return None
        key, equals, value = data[space + 1 : end - 1].partition(b"=")
        if not equals:
            return None
        records[key.decode("utf-8", "replace")] = value
        at = end
    return records
