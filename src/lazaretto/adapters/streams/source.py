"""A stream of another sensor as a sensor of ours: a file that grows, a pipe, or the standard input.

    ID=PATH      auditd=/var/log/audit/audit.log     falco=-

A file is followed from its end; when another takes its place (rotation), or it becomes shorter, the new one is read
from its start. A pipe is read until its other end closes.
"""

import math
import os
import stat
import time
from collections.abc import Iterable

from lazaretto.adapters.sensors.sensor import SensorError
from lazaretto.adapters.streams.catalog import STREAMS, stream
from lazaretto.adapters.streams.stream import LONGEST_LINE
from lazaretto.model.host import Lost, Observed
from lazaretto.model.text import N_

PAUSE = 0.2
"""Seconds between two looks at a file."""
QUIET = 1.0
"""Seconds without a line after which what waited is told."""
_BLOCK = 1 << 18
_BLOCKS = 4
"""Blocks of one read: 1 MiB, so that one loud stream does not starve the other sensors."""


class StreamEndedError(SensorError):
    """A pipe's other end closed: nothing is wrong, and nothing more will come."""


class StreamSource:
    """Reads lines and lets the stream make observations of them."""

    def __init__(self, name: str, path: str, *, whole: bool = False) -> None:
        """`name` is a stream's id; `path` is `-` for standard input. `whole` reads a file from its start.

        Raises:
            SensorError: there is no such stream, or the path cannot be opened.
        """
        if name not in {one.id for one in STREAMS}:
            known = ", ".join(sorted(one.id for one in STREAMS))
            raise SensorError(N_("there is no stream {stream}; there are {known}"), stream=name, known=known)
        self.id = name
        self.stream = stream(name)
        self._path = path
        self._rest = bytearray()
        self._skipping = False
        self._heard = time.monotonic()
        self._waiting = False
        self._ended = False
        try:
            self._handle = 0 if path == "-" else self._open()
            self._file = stat.S_ISREG(os.fstat(self._handle).st_mode)
            if not self._file:
                os.set_blocking(self._handle, False)
            elif path != "-" and not whole:
                os.lseek(self._handle, 0, os.SEEK_END)
        except OSError as error:
            raise SensorError(N_("{path} cannot be read: {error}"), path=path, error=error.strerror) from error

    def _open(self) -> int:
        return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)

    def fileno(self) -> int:
        """Return the descriptor of a pipe; a file is always readable, so it is looked at from time to time."""
        return -1 if self._file else self._handle

    def due(self) -> float:
        """Return when to look again."""
        if self._file:
            return self._heard + PAUSE
        return self._heard + QUIET if self._waiting else math.inf

    def read(self) -> Iterable[Observed | Lost]:
        """Return what new lines tell.

        Raises:
            StreamEndedError: the other end of a pipe closed.
            SensorError: the file cannot be read.
        """
        now = time.monotonic()
        heard = False
        try:
            for _ in range(_BLOCKS):
                block = self._block()
                if block is None:
                    break
                heard = True
                yield from self._lines(block)
        except OSError as error:
            raise SensorError(N_("{path} cannot be read: {error}"), path=self._path, error=error.strerror) from error
        if heard:
            self._waiting = True
        elif self._waiting and now - self._heard >= QUIET:
            self._waiting = False
            yield from self.stream.flush()
        if heard or self._file:
            self._heard = now
        if self._ended:
            yield from self.finish()
            raise StreamEndedError(N_("the stream {stream} ended"), stream=self.id)

    def _block(self) -> bytes | None:
        """Return what is there; None = nothing now."""
        try:
            block = os.read(self._handle, _BLOCK)
        except BlockingIOError:
            return None
        if block:
            return block
        if not self._file or self._path == "-":
            self._ended = True
        elif self._replaced():
            return b"\n"
        return None

    def _replaced(self) -> bool:
        """Go on with the file that took this one's place, when one did."""
        old = os.fstat(self._handle)
        try:
            new = os.stat(self._path)  # noqa: PTH116 - beside fstat
        except FileNotFoundError:
            return False  # between the two steps of a rotation
        if (new.st_dev, new.st_ino) != (old.st_dev, old.st_ino):
            handle = self._open()
            os.close(self._handle)
            self._handle = handle
            return True
        if new.st_size < os.lseek(self._handle, 0, os.SEEK_CUR):
            os.lseek(self._handle, 0, os.SEEK_SET)
            return True
        return False

    def _lines(self, block: bytes) -> Iterable[Observed | Lost]:
        first, *others = block.split(b"\n")
        if not others:
            self._keep(first)
            return
        if self._skipping:
            self._skipping = False
        else:
            yield from self.stream.feed(bytes(self._rest) + first)
        self._rest.clear()
        for line in others[:-1]:
            yield from self.stream.feed(line)
        self._keep(others[-1])

    def _keep(self, part: bytes) -> None:
        """Keep the beginning of a line, unless it is longer than any record."""
        if self._skipping:
            return
        self._rest += part
        if len(self._rest) > LONGEST_LINE:
            self.stream.feed(bytes(self._rest))  # which counts it
            self._rest.clear()
            self._skipping = True

    def finish(self) -> Iterable[Observed | Lost]:
        """Return what the last line and waiting records tell."""
        rest = bytes(self._rest)
        self._rest.clear()
        if rest and not self._skipping:
            yield from self.stream.feed(rest)
        yield from self.stream.flush()

    def close(self) -> None:
        """Let go of the file."""
        if self._handle > 0:
            os.close(self._handle)
            self._handle = -1
