"""Bait in ordinary files, watched with inotify: it tells that bait was opened, and not by whom.

Whose it was is asked of /proc at once: a watched program that holds the file open, or had it in its command line. When
nobody is found the alert says so.
"""

import ctypes
import errno
import math
import os
import struct
from collections.abc import Iterable

from lazaretto.adapters.sensors.procfs import start_of
from lazaretto.adapters.sensors.sensor import Host, Sensor, SensorError, SensorKind
from lazaretto.model.host import Kind, Lost, Observed
from lazaretto.model.text import N_, Message

_OPEN, _OVERFLOW, _IGNORED, _MOVED, _DELETED = 0x20, 0x4000, 0x8000, 0x800, 0x400
_HEAD = struct.Struct("=iIII")
_FLAGS = os.O_CLOEXEC | os.O_NONBLOCK
_MOST_DESCRIPTORS = 1024


class InotifyDecoys:
    """Watches bait."""

    id = "inotify-decoys"

    def __init__(self, host: Host) -> None:
        """Begin to watch.

        Raises:
            OSError: no more watches are allowed.
        """
        self._host = host
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(_FLAGS)
        if self._handle < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._paths: dict[int, str] = {}
        for path in host.decoys:
            if any(path.startswith(f"{folder}/") for folder in host.served):
                continue
            watch = self._libc.inotify_add_watch(self._handle, os.fsencode(path), _OPEN | _MOVED | _DELETED)
            if watch < 0:
                number = ctypes.get_errno()
                if number != errno.ENOENT:
                    os.close(self._handle)
                    raise OSError(number, "inotify_add_watch", path)
            else:
                self._paths[watch] = path

    def fileno(self) -> int:
        """Return the descriptor."""
        return int(self._handle)

    def due(self) -> float:
        """Return infinity: the descriptor tells."""
        return math.inf

    def read(self) -> Iterable[Observed | Lost]:
        """Return bait that was opened."""
        try:
            data = os.read(self._handle, 1 << 16)
        except BlockingIOError:
            return
        except OSError as error:
            raise SensorError(N_("inotify ended: {error}"), error=error.strerror) from error
        at, told = 0, set()
        while at + _HEAD.size <= len(data):
            watch, mask, _, size = _HEAD.unpack_from(data, at)
            at += _HEAD.size + size
            if mask & _OVERFLOW:
                yield Lost(self.id, 1, "queue")
            path = self._paths.get(watch, "")
            if mask & _OPEN and path and path not in told:
                told.add(path)
                yield self._by_whom(path)

    def _by_whom(self, path: str) -> Observed:
        now = self._host.now()
        for pid in self._host.watched():
            if path in _open_files(pid):
                return Observed(now, self.id, Kind.DECOY, pid, started=start_of(pid)[1], path=path)
        return Observed(now, self.id, Kind.DECOY, 0, path=path)

    def close(self) -> None:
        """Stop watching."""
        os.close(self._handle)


def _open_files(pid: int) -> set[str]:
    folder = f"/proc/{pid}/fd"
    found = set()
    try:
        for name in os.listdir(folder)[:_MOST_DESCRIPTORS]:  # noqa: PTH208 - hot
            found.add(os.readlink(f"{folder}/{name}"))  # noqa: PTH115 - hot
    except OSError:
        pass  # it is gone, or not ours to look at
    return found


def _missing(host: Host) -> Message | None:
    return None if host.decoys else Message.of(N_("there is no bait; lay it out with lazaretto watch bait"))


def _open(host: Host) -> Sensor:
    try:
        return InotifyDecoys(host)
    except OSError as error:
        raise SensorError(N_("inotify refuses it: {error}"), error=error.strerror) from error


KIND = SensorKind(
    "inotify-decoys",
    N_("bait in ordinary files"),
    N_("Linux and bait that was laid out; no root"),
    N_("that bait was opened"),
    N_("by whom, when the reader is gone before it is looked for"),
    _missing,
    _open,
)
