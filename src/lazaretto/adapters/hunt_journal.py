"""What a hunt has done so far, so that an interrupted one can go on: an append-only file beside the cache.

    header      digest of the question (roots, campaigns, indicators, program), then
    record ...  one for each finished unit of work: its number, the units that it left over, its answer

Each is a length of four bytes and that many bytes. A record that was cut short by a kill is dropped; its unit is simply
done again. Any trouble (full disk, read-only home) switches the journal off: the hunt goes on without it.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

LARGEST = 64 << 20


class Journal:
    """One journal. `trouble` says why it cannot be kept; empty while it can."""

    def __init__(self, path: Path | None, question: bytes, *, resume: bool) -> None:
        """With `resume`, `records()` gives what an earlier run of the same question wrote; else it begins anew."""
        self.trouble = ""
        self.resumed = False
        self._path = path
        self._question = question
        self._file: BinaryIO | None = None
        self._old: list[bytes] = []
        if path is None:
            return
        if resume:
            self._old = list(_read(path))
            self.resumed = bool(self._old) and self._old[0] == question
            if not self.resumed:
                self._old = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
            self._file = os.fdopen(handle, "wb")
            for record in self._old or [question]:
                self._write(record)
        except OSError as error:
            self._fail(error)

    def records(self) -> list[bytes]:
        """Return the records of the run that is resumed."""
        return self._old[1:]

    def add(self, record: bytes) -> None:
        """Append one record."""
        try:
            self._write(record)
        except OSError as error:
            self._fail(error)

    def close(self, *, finished: bool) -> None:
        """Close it; what is finished needs no journal."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None
        if finished and self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _write(self, record: bytes) -> None:
        if self._file is not None and len(record) <= LARGEST:
            self._file.write(len(record).to_bytes(4, "big") + record)
            self._file.flush()

    def _fail(self, error: OSError) -> None:
        self.trouble = error.strerror or "unknown"
        self.close(finished=False)


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            while len(head := stream.read(4)) == 4:
                size = int.from_bytes(head, "big")
                record = stream.read(size) if size <= LARGEST else b""
                if len(record) != size or size > LARGEST:
                    return
                yield record
    except OSError:
        return
