"""Connections of watched programs, asked of the kernel many times a second (netlink, SOCK_DIAG). No root.

A connection that is opened and closed between two questions is not seen. Other people's sockets are not looked at.
"""

import os
import socket
import struct
import time
from collections.abc import Iterable, Iterator

from lazaretto.adapters.sensors.procfs import start_of
from lazaretto.adapters.sensors.sensor import Host, Sensor, SensorError, SensorKind
from lazaretto.model.host import Kind, Lost, Observed
from lazaretto.model.text import N_, Message

_SOCK_DIAG = 4
_BY_FAMILY = 20
_DONE, _ERROR = 3, 2
_ESTABLISHED, _SYN_SENT, _LISTENING = 1, 2, 10
_STATES = 1 << _ESTABLISHED | 1 << _SYN_SENT | 1 << _LISTENING | 1 << 4 | 1 << 5 | 1 << 8
_PAUSES = (2.0, 0.25, 0.05)
"""Seconds between two questions: nothing runs, something runs, an installation runs."""
_MOST_DESCRIPTORS = 4096


class Sockets:
    """Asks for sockets and whose they are."""

    id = "sock-diag"

    def __init__(self, host: Host) -> None:
        """Open the socket for the questions.

        Raises:
            OSError: the kernel does not let us.
        """
        self._host = host
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _SOCK_DIAG)
        self._socket.settimeout(2.0)
        self._known: set[tuple[int, int]] = set()
        self._waiting: dict[tuple[int, int], int] = {}
        """Sockets whose program was not found, and how often it was looked for."""
        self._next = 0.0

    def fileno(self) -> int:
        """Return -1: it is asked by time."""
        return -1

    def due(self) -> float:
        """Return when to ask again: often while something is installed."""
        return self._next if self._host.busy() < 2 else min(self._next, self._last + _PAUSES[2])

    _last = 0.0

    def read(self) -> Iterable[Observed | Lost]:
        """Return connections that are new."""
        self._last = time.monotonic()
        busy = self._host.busy()
        self._next = self._last + _PAUSES[busy]
        if not busy:
            return ()
        try:
            found = [*self._ask(socket.AF_INET, 6), *self._ask(socket.AF_INET6, 6), *self._ask(socket.AF_INET, 17)]
        except OSError as error:
            raise SensorError(N_("the kernel does not answer about sockets: {error}"), error=error) from error
        new = {one[0]: one for one in found if one[0] not in self._known}
        there = {one[0] for one in found}
        self._known &= there
        if not new:
            return ()
        return self._whose(new)

    def _whose(self, new: dict[tuple[int, int], tuple[tuple[int, int], int, str]]) -> list[Observed | Lost]:
        by_inode = {key[0]: key for key in new}
        seen: list[Observed | Lost] = []
        at = self._host.now()
        for pid in self._host.watched():
            for inode in _inodes(pid):
                key = by_inode.pop(inode, None)
                if key is not None:
                    _, state, target = new[key]
                    kind = Kind.LISTEN if state == _LISTENING else Kind.CONNECT
                    seen.append(Observed(at, self.id, kind, pid, started=start_of(pid)[1], path=target))
                    self._known.add(key)
                    self._waiting.pop(key, None)
        for key in by_inode.values():  # somebody else's: looked for twice, since programs fork after they connect
            times = self._waiting[key] = self._waiting.get(key, 0) + 1
            if times >= 3:
                self._known.add(key)
                del self._waiting[key]
        if len(self._waiting) > 10_000:
            self._waiting.clear()
        return seen

    def _ask(self, family: int, protocol: int) -> Iterator[tuple[tuple[int, int], int, str]]:
        states = _STATES if protocol == 6 else 1 << _ESTABLISHED
        body = struct.pack("=BBBBI48s", family, protocol, 0, 0, states, b"")
        self._socket.send(struct.pack("=IHHII", 16 + len(body), _BY_FAMILY, 0x301, 1, 0) + body)
        while True:
            data = self._socket.recv(1 << 18)
            at = 0
            while at + 16 <= len(data):
                size, kind = struct.unpack_from("=IH", data, at)
                if kind == _DONE or size < 16:
                    return
                if kind == _ERROR:
                    number = -struct.unpack_from("=i", data, at + 16)[0]
                    raise OSError(number, os.strerror(number))
                if size >= 16 + 72:
                    told = _socket_of(data[at + 16 : at + size])
                    if told is not None:
                        yield told
                at += size + 3 & ~3

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def _socket_of(raw: bytes) -> tuple[tuple[int, int], int, str] | None:
    family, state = raw[0], raw[1]
    source, port = struct.unpack_from(">HH", raw, 4)
    cookie = struct.unpack_from("=Q", raw, 44)[0]
    inode = struct.unpack_from("=I", raw, 68)[0]
    if not inode:
        return None
    at = 8 if state == _LISTENING else 24
    address = raw[at : at + (4 if family == socket.AF_INET else 16)]
    text = socket.inet_ntop(family, address)
    text = text.removeprefix("::ffff:")
    number = source if state == _LISTENING else port
    return (inode, cookie), state, f"[{text}]:{number}" if ":" in text else f"{text}:{number}"


def _inodes(pid: int) -> Iterator[int]:
    folder = f"/proc/{pid}/fd"
    try:
        names = os.listdir(folder)  # noqa: PTH208 - hot
    except OSError:
        return
    for name in names[:_MOST_DESCRIPTORS]:
        try:
            link = os.readlink(f"{folder}/{name}")  # noqa: PTH115 - hot
        except OSError:
            continue
        if link.startswith("socket:["):
            yield int(link[8:-1])


def _missing(host: Host) -> Message | None:
    try:
        Sockets(host).close()
    except OSError as error:
        return Message.of(N_("the kernel refuses it: {error}"), {"error": error.strerror or str(error)})
    return None


def _open(host: Host) -> Sensor:
    try:
        return Sockets(host)
    except OSError as error:
        raise SensorError(N_("the kernel refuses it: {error}"), error=error.strerror) from error


KIND = SensorKind(
    "sock-diag",
    N_("list of connections"),
    N_("Linux; no root"),
    N_("connections and open ports of watched programs"),
    N_("connections that are open for less than 50 ms; names of hosts"),
    _missing,
    _open,
)
