"""The standard streams of a command inside: pipes that are read into memory, or a terminal of its own."""

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

MOST = 1 << 20
"""Bytes that are kept of what a command writes."""
_PART = 1 << 16
_LINGER = 2.0


@dataclass(frozen=True, slots=True)
class Collected:
    """What a command wrote."""

    data: bytes
    """Its begin. Hostile."""
    size: int
    """All of it."""


class Streams:
    """A context; `theirs` goes to the command."""

    def __init__(self, terminal: int | None, echo: Callable[[bytes], None] | None) -> None:
        """`terminal`: the command's own, taken over; None = a pipe. `echo` is called with what is written."""
        self._terminal, self._echo = terminal, echo
        self._data = bytearray()
        self._size = 0
        self._thread: threading.Thread | None = None
        self._theirs: list[int] = []

    def __enter__(self) -> Self:
        if self._terminal is not None:
            self._theirs = [self._terminal, os.dup(self._terminal), os.dup(self._terminal)]
            return self
        read, write = os.pipe()
        self._theirs = [os.open(os.devnull, os.O_RDONLY), write, os.dup(write)]
        self._thread = threading.Thread(target=self._read, args=(read,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        for fd in self.theirs():
            os.close(fd)

    def theirs(self) -> list[int]:
        """Give the three descriptors away, once; whoever takes them closes them."""
        given, self._theirs = self._theirs, []
        return given

    def collected(self) -> Collected:
        """Return what was written, after the command has ended."""
        if self._thread is not None:
            self._thread.join(_LINGER)
        return Collected(bytes(self._data), self._size)

    def _read(self, fd: int) -> None:
        with contextlib.suppress(OSError):
            while part := os.read(fd, _PART):
                self._size += len(part)
                if len(self._data) < MOST:
                    self._data += part[: MOST - len(self._data)]
                if self._echo is not None:
                    with contextlib.suppress(OSError):
                        self._echo(part)
        os.close(fd)
