"""The kernel's process connector (netlink, CN_PROC): every fork, exec and exit. Also without root on newer kernels.

What a program is is read from /proc after the message: a very short program is gone by then. Each processor numbers its
messages, so what the queue lost is known exactly.
"""

import contextlib
import errno
import math
import os
import socket
import struct
from collections.abc import Iterable, Iterator

from lazaretto.adapters.sensors.procfs import look
from lazaretto.adapters.sensors.sensor import Host, Sensor, SensorError, SensorKind
from lazaretto.model.host import Kind, Lost, Observed
from lazaretto.model.text import N_, Message

_CONNECTOR = 11
_GROUP = 1
_LISTEN, _IGNORE = 1, 2
_QUEUE = 16 << 20
_SO_RCVBUFFORCE = 33
_FORK, _EXEC, _EXIT = 1, 2, 0x80000000
_HEAD = struct.Struct("=IHHIIIIIIHHIIQ")  # nlmsghdr, cn_msg, head of proc_event
_FOUR = struct.Struct("=IIII")
_TWO = struct.Struct("=II")
_BATCH = 4000
"""Messages that are taken at once before others get their turn."""


class Connector:
    """Listens to the connector."""

    id = "process-connector"

    def __init__(self, host: Host) -> None:
        """Begin to listen.

        Raises:
            OSError: the kernel does not let us.
        """
        self._host = host
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, _CONNECTOR)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE if host.root else socket.SO_RCVBUF, _QUEUE)
        except OSError:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _QUEUE)
        try:
            self._socket.bind((0, _GROUP))
            self._socket.setblocking(False)
            self._say(_LISTEN)
        except OSError:
            self._socket.close()
            raise
        self._next: dict[int, int] = {}

    def _say(self, word: int) -> None:
        body = struct.pack("=IIIIHHI", 1, 1, 0, 0, 4, 0, word)
        self._socket.send(struct.pack("=IHHII", 16 + len(body), 3, 0, 0, os.getpid()) + body)

    def fileno(self) -> int:
        """Return the socket."""
        return self._socket.fileno()

    def due(self) -> float:
        """Return infinity: the socket tells."""
        return math.inf

    def read(self) -> Iterable[Observed | Lost]:
        """Return programs that began and ended."""
        receive = self._socket.recv
        for _ in range(_BATCH):
            try:
                message = receive(1024)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno == errno.ENOBUFS:  # the numbers will tell how many
                    continue
                raise SensorError(N_("the process connector ended: {error}"), error=error.strerror) from error
            if len(message) >= _HEAD.size + 8:
                yield from self._told(message)

    def _told(self, message: bytes) -> Iterator[Observed | Lost]:
        head = _HEAD.unpack_from(message)
        number, what, cpu, stamp = head[7], head[11], head[12], head[13]
        if what == 0:
            return
        expected = self._next.get(cpu)
        self._next[cpu] = number + 1 & 0xFFFFFFFF
        if expected is not None and number != expected:
            missed = number - expected & 0xFFFFFFFF
            if missed < 1 << 31:
                yield Lost(self.id, missed, "queue")
        at = stamp / 1e9 + self._host.offset
        if what == _EXEC:
            _, pid = _TWO.unpack_from(message, _HEAD.size)
            yield look(pid, self.id, at)
        elif what == _FORK and len(message) >= _HEAD.size + 16:
            _, parent, child, group = _FOUR.unpack_from(message, _HEAD.size)
            if child == group:
                yield Observed(at, self.id, Kind.FORK, child, parent)
        elif what == _EXIT and len(message) >= _HEAD.size + 16:
            thread, pid, code, _ = _FOUR.unpack_from(message, _HEAD.size)
            if thread == pid:
                yield Observed(at, self.id, Kind.EXIT, pid, code=code)

    def close(self) -> None:
        """Stop listening."""
        with contextlib.suppress(OSError):  # it ends with the socket
            self._say(_IGNORE)
        self._socket.close()


def _missing(host: Host) -> Message | None:
    try:
        Connector(host).close()
    except OSError as error:
        return Message.of(N_("the kernel refuses it: {error}"), {"error": error.strerror or str(error)})
    return None


def _open(host: Host) -> Sensor:
    try:
        return Connector(host)
    except OSError as error:
        raise SensorError(N_("the kernel refuses it: {error}"), error=error.strerror) from error


KIND = SensorKind(
    "process-connector",
    N_("the kernel's process connector"),
    N_("Linux 6.6 or newer, or root"),
    N_("every program that begins and ends, by whom it was started"),
    N_("command lines of programs that end within a millisecond; files; the network"),
    _missing,
    _open,
    instead_of=("proc",),
)
