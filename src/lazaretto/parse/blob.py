"""One file's bytes under its path, with the text and line arithmetic that every view shares."""

import hashlib
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from operator import add
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lazaretto.parse.prefilter import Held

    once = cached_property
else:

    class once(cached_property):  # noqa: N801 - reads like the one that it stands for
        """`cached_property` without the lock that Python 3.11 takes for each: a blob is one thread's."""

        def __get__(self, instance: object, owner: type | None = None) -> object:
            """Compute at the first use; then the instance's own attribute answers."""
            if instance is None:
                return self
            value = instance.__dict__[self.attrname] = self.func(instance)
            return value


_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

_CODED = bytes(
    65 if chr(code).isascii() and (chr(code).isalnum() or chr(code) in "+/_-") else 32 for code in range(256)
)
_ODD = frozenset({"", "."})
KEPT = 1 << 20
"""Longest content of which another form is kept beside it."""
ASKED = 6
"""Positions that are counted one by one, before the beginnings of all lines are listed."""


class Blob:
    """A file as bytes. Cheap to make; everything else is computed once, when first asked for."""

    def __init__(self, path: str, data: bytes, layer: str = "") -> None:
        """`path` is relative to the subject and `/` separated; `data` is the whole content.

        `layer` is empty for a file; for content that was decoded out of the file at `path` it says what that is
        (`parse/layer.py`).
        """
        self.path = path
        self.data = data
        self.layer = layer
        self.held: Held | None = None
        """What one pass over the bytes found of the words that may be asked for; None when there was none."""
        self._asked = 0

    @once
    def name(self) -> str:
        """The last part of the path, lower case."""
        name = self.path.rpartition("/")[2]
        return (name if name not in _ODD else PurePosixPath(self.path).name).lower()

    @once
    def suffix(self) -> str:
        """The last suffix, lower case, with its dot; empty when there is none (`.env` has none)."""
        dot = self.name.rfind(".")
        return self.name[dot:] if 0 < dot < len(self.name) - 1 else ""

    @once
    def digest(self) -> str:
        """SHA-256 of the content, hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @once
    def encoding(self) -> str:
        """The encoding that `text` used: by byte order mark, else utf-8, else latin-1 (which never fails)."""
        for mark, encoding in _BOMS:
            if self.data.startswith(mark):
                return encoding
        try:
            self.data.decode("utf-8")
        except UnicodeDecodeError:
            return "latin-1"
        return "utf-8"

    @once
    def text(self) -> str:
        """The content as text. Undecodable bytes never raise; line breaks stay as they are."""
        return self.data.decode(self.encoding, errors="replace")

    @once
    def is_ascii(self) -> bool:
        """True when there is no byte above 127: such a file needs no search for odd characters."""
        return self.data.isascii()

    @once
    def is_binary(self) -> bool:
        """True when the first 8 KiB hold a NUL byte and no byte order mark explains it."""
        head = self.data[:8192]
        return b"\0" in head and not any(head.startswith(mark) for mark, _ in _BOMS)

    @once
    def _coded(self) -> bytes:
        return self.data.translate(_CODED)

    def has_run(self, length: int) -> bool:
        """Tell whether so many letters, digits and signs of Base64 (either alphabet) stand in a row. Cheap."""
        coded = self._coded if len(self.data) <= KEPT else self.data.translate(_CODED)
        return b"A" * length in coded

    @once
    def _line_starts(self) -> list[int]:
        lines = self.data.split(b"\n")
        return list(map(add, accumulate(map(len, lines), initial=0), range(len(lines))))

    def position(self, offset: int) -> tuple[int, int]:
        """Return (line, column), both from 1, of a byte offset; the column counts bytes."""
        if self._asked < ASKED:  # most files are asked for one place, and to count is cheaper than to list all lines
            self._asked += 1
            return self.data.count(b"\n", 0, offset) + 1, offset - self.data.rfind(b"\n", 0, offset)
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line_bytes(self, line: int) -> bytes:
        """Return the content of a line (from 1) without its line break; empty beyond the end."""
        if not 1 <= line <= len(self._line_starts):
            return b""
        start = self._line_starts[line - 1]
        end = self._line_starts[line] if line < len(self._line_starts) else len(self.data)
        return self.data[start:end].rstrip(b"\r\n")

    def find_line(self, needle: str | bytes, default: int = 1) -> int:
        """Return the line (from 1) where `needle` first stands, or `default`."""
        at = self.data.find(needle.encode() if isinstance(needle, str) else needle)
        return self.position(at)[0] if at >= 0 else default
