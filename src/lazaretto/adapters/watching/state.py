"""What outlives the watcher: alerts that nobody closed, in a journal that is written before an alert is told.

One JSON document a line: an alert, a repetition (`{"again": ID, "count": N}`) or an end (`{"closed": ID}`). A line that
was cut by a crash or a full disk is passed over. One watcher at a time holds the lock.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

_MOST = 10_000
_LINE = 1 << 20


class StateError(OSError):
    """Another watcher holds the state, or it cannot be written."""


class State:
    """The journal of one watcher."""

    def __init__(self, path: Path) -> None:
        """Open and lock the journal; what it holds is read and packed.

        Raises:
            StateError: it is locked, or cannot be written.
        """
        self.path = path
        self.failure = ""
        """Why the last line could not be written (a full disk), or empty."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock: BinaryIO = path.with_suffix(".lock").open("ab")
        except OSError as error:
            raise StateError(error.errno, error.strerror, str(path)) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise StateError(error.errno, "another watcher is running", str(path)) from error
        self.open: dict[str, dict[str, Any]] = dict(read(path))
        try:
            self._pack()
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            self._lock.close()
            raise StateError(error.errno, error.strerror, str(path)) from error

    def add(self, alert: Mapping[str, Any]) -> None:
        """Note a new alert, on the disk."""
        self.open[str(alert["id"])] = dict(alert)
        while len(self.open) > _MOST:
            self.open.pop(next(iter(self.open)))
        self._append(alert)

    def again(self, key: str) -> int:
        """Note that the fact of an alert was seen again; return how often."""
        alert = self.open.get(key)
        if alert is None:
            return 0
        alert["count"] = int(alert.get("count", 1)) + 1
        self._append({"again": key, "count": alert["count"]})
        return int(alert["count"])

    def close(self) -> None:
        """Let go of journal and lock."""
        self._file.close()
        self._lock.close()

    def _append(self, document: Mapping[str, Any]) -> None:
        try:
            self._file.write(json.dumps(document, ensure_ascii=True).encode() + b"\n")
            os.fsync(self._file.fileno())
            self.failure = ""
        except OSError as error:
            self.failure = error.strerror or str(error)

    def _pack(self) -> None:
        new = self.path.with_suffix(".new")
        with new.open("wb") as stream:
            for alert in self.open.values():
                stream.write(json.dumps(alert, ensure_ascii=True).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(self.path)


def read(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the open alerts of a journal, oldest first."""
    found: dict[str, dict[str, Any]] = {}
    with contextlib.suppress(FileNotFoundError), path.open("rb") as stream:
        for line in iter(lambda: stream.readline(_LINE), b""):
            try:
                document = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if not isinstance(document, dict):
                continue
            if isinstance(document.get("id"), str):
                found[document["id"]] = document
            elif isinstance(document.get("closed"), str):
                found.pop(document["closed"], None)
            elif document.get("again") in found and isinstance(document.get("count"), int):
                found[document["again"]]["count"] = document["count"]
    yield from list(found.items())[-_MOST:]


def close_alert(path: Path, key: str) -> bool:
    """Close an alert in the journal, also beside a running watcher; tell whether it was open."""
    if key not in dict(read(path)):
        return False
    with path.open("ab", buffering=0) as stream:
        stream.write(json.dumps({"closed": key}).encode() + b"\n")
        os.fsync(stream.fileno())
    return True
