"""Compressed streams read in small steps, so that a bomb is noticed long before it fills the memory.

One reader for gzip (RFC 1952), bzip2, xz/lzma and, where Python has it (3.14), zstd. Output is asked for piece by
piece and counted by the caller's budget. A broken stream gives everything up to the break and then says so in
`fault`; nothing is raised but the budget's own error.

NOTE: gzip is taken apart here rather than by `zlib.decompressobj(31)`: that one throws away the last piece when only
the checksum is wrong, and a small archive is all last piece.
"""

import bz2
import importlib
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Protocol

from lazaretto.parse.archive_member import Budget

_PIECE = 1 << 16
_LZMA_MEMORY = 128 << 20  # `xz -9` wants 65 MiB; a header may ask for 4 GiB


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


class Deflate:
    """Raw deflate (RFC 1951) with the interface that bz2 and lzma have."""

    def __init__(self) -> None:
        """Start a stream."""
        self._inner = zlib.decompressobj(-15)
        self._tail = b""

    @property
    def eof(self) -> bool:
        """True when the stream's own end was seen."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """True when more input is needed to go on."""
        return not self._tail

    @property
    def unused_data(self) -> bytes:
        """Input beyond the stream's end."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """Return at most `max_length` bytes."""
        out = self._inner.decompress(self._tail + data if self._tail else data, max(max_length, 0))
        self._tail = self._inner.unconsumed_tail
        return out


class Gzip:
    """One gzip member: header, raw deflate, checksum. The checksum only ever becomes a remark."""

    def __init__(self) -> None:
        """Start a member; the header is parsed when enough of it has come."""
        self._deflate = Deflate()
        self._header: bytes | None = b""
        self._crc = 0
        self._count = 0
        self._trailer = b""
        self.name = b""
        self.wrong_checksum = False
        self.eof = False
        self.unused_data = b""

    @property
    def needs_input(self) -> bool:
        """True when more input is needed to go on."""
        return self._header is not None or self._deflate.eof or self._deflate.needs_input

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """Return at most `max_length` bytes.

        Raises:
            zlib.error: header or stream are not gzip.
        """
        if self._header is not None:
            self._header += data
            end = self._header_end(self._header)
            if end < 0:
                if len(self._header) > 1 << 17:
                    raise zlib.error("the gzip header does not end")
                return b""
            data, self._header = self._header[end:], None
        out = b""
        if not self._deflate.eof:
            out = self._deflate.decompress(data, max_length)
            self._crc = zlib.crc32(out, self._crc)
            self._count += len(out)
            data = self._deflate.unused_data if self._deflate.eof else b""
        if self._deflate.eof:
            self._trailer += data
            if len(self._trailer) >= 8:
                crc, count = int.from_bytes(self._trailer[:4], "little"), int.from_bytes(self._trailer[4:8], "little")
                self.wrong_checksum = crc != self._crc or count != self._count & 0xFFFFFFFF
                self.unused_data, self.eof = self._trailer[8:], True
        return out

    def _header_end(self, head: bytes) -> int:
        if len(head) < 10:
            return -1
        if head[:3] != b"\x1f\x8b\x08":
            raise zlib.error("not a gzip header")
        flags, at = head[3], 10
        if flags & 4:
            if len(head) < at + 2:
                return -1
            at += 2 + int.from_bytes(head[at : at + 2], "little")
        for bit in (8, 16):  # file name, comment
            if flags & bit:
                end = head.find(b"\0", at)
                if end < 0:
                    return -1
                if bit == 8:
                    self.name = head[at:end]
                at = end + 1
        at += 2 if flags & 2 else 0
        return at if len(head) >= at else -1


def _zstd() -> _Decompressor:
    module = importlib.import_module("compression.zstd")
    made: _Decompressor = module.ZstdDecompressor()
    return made


def _xz() -> _Decompressor:
    return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY)


_MAKERS: dict[str, tuple[Callable[[], _Decompressor], bytes]] = {
    "gzip": (Gzip, b"\x1f\x8b"),
    "bzip2": (bz2.BZ2Decompressor, b"BZh"),
    "xz": (_xz, b"\xfd7zXZ"),
    "zstd": (_zstd, b"\x28\xb5\x2f\xfd"),
}


def can_read(kind: str) -> bool:
    """Tell whether this Python can unpack streams of `kind`."""
    try:
        _MAKERS[kind][0]()
    except (KeyError, ImportError):
        return False
    return True


class PlainStream:
    """An uncompressed source behind the same interface."""

    def __init__(self, read: Callable[[int], bytes], budget: Budget) -> None:
        """`read(n)` gives at most n bytes, none at the end."""
        self._read = read
        self._budget = budget
        self._buffer = b""
        self._at = 0
        self.fault = ""
        self.trailing = 0
        self.name = b""

    def peek(self, count: int) -> bytes:
        """Return up to `count` bytes without consuming them."""
        while len(self._buffer) - self._at < count:
            piece = self._filled()
            if not piece:
                break
            self._buffer, self._at = self._buffer[self._at :] + piece, 0
        return self._buffer[self._at : self._at + count]

    def read(self, count: int) -> bytes:
        """Return `count` bytes, fewer only at the end of the stream."""
        end = self._at + count
        if end <= len(self._buffer):
            piece, self._at = self._buffer[self._at : end], end
            return piece
        out = io.BytesIO()  # its value is not copied once more, unlike a join
        out.write(self._buffer[self._at :])
        self._buffer, self._at = b"", 0
        while (left := count - out.tell()) > 0:
            piece = self._filled()
            if not piece:
                break
            out.write(piece[:left])
            if len(piece) > left:
                self._buffer, self._at = piece, left
        return out.getvalue()

    def skip(self, count: int) -> int:
        """Throw away `count` bytes and return how many there were."""
        left = count
        while left > 0:
            piece = self.read(min(left, _PIECE))
            if not piece:
                break
            left -= len(piece)
        return count - left

    def _filled(self) -> bytes:
        piece = self._more(_PIECE)
        self._budget.take(len(piece))
        return piece

    def _more(self, count: int) -> bytes:
        return self._read(count)


class CompressedStream(PlainStream):
    """A compressed source. `fault` holds one English word for what broke it: `truncated`, `damaged`, `checksum`."""

    def __init__(self, kind: str, read: Callable[[int], bytes], budget: Budget) -> None:
        """`kind` is one for which `can_read` holds."""
        super().__init__(read, budget)
        self._make, self._magic = _MAKERS[kind]
        self._inner = self._make()
        self._input = b""
        self._ended = False

    def _more(self, count: int) -> bytes:
        while not self._ended:
            if self._inner.eof and not self._next_stream():
                break
            data = b""
            if self._inner.needs_input:
                data, self._input = self._input or self._read(_PIECE), b""
                if not data:
                    self._ended = True
                    self.fault = self.fault or "truncated"
                    break
            try:
                out = self._inner.decompress(data, count)
            except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError, MemoryError):
                self._ended = True
                self.fault = "damaged"
                break
            if isinstance(self._inner, Gzip):
                self.name = self.name or self._inner.name
                if self._inner.wrong_checksum:
                    self.fault = "checksum"
            if out:
                return out
        return b""

    def _next_stream(self) -> bool:
        """After the end of one stream: start the next one, if the rest is one. Padding of zeros is nothing."""
        rest = self._inner.unused_data
        while True:
            rest = rest.lstrip(b"\0")
            if len(rest) >= 6:
                break
            more = self._read(_PIECE)
            if not more:
                break
            rest += more
        if rest.startswith(self._magic):
            self._inner = self._make()
            self._input = rest
            return True
        while rest:
            self.trailing += len(rest)
            rest = self._read(_PIECE)
        self._ended = True
        return False
