"""Names of addresses, from what passes by: answers of name servers, and the names in TLS greetings (SNI). Root.

A filter in the kernel lets only those two kinds of packets through (classic BPF on an AF_PACKET socket). Names in
encrypted questions (DoH, DoT) and greetings (ECH) are not seen.
"""

import ctypes
import ipaddress
import math
import socket
import struct
from collections.abc import Iterable, Iterator

from lazaretto.adapters.sensors.sensor import Host, Sensor, SensorError, SensorKind
from lazaretto.model.host import Kind, Lost, Observed
from lazaretto.model.text import N_, Message

_ALL = 0x0003
_SO_ATTACH_FILTER = 26
_SOL_PACKET, _STATISTICS = 263, 6
_SO_RCVBUFFORCE = 33
_QUEUE = 4 << 20
_BATCH = 2000
_STEPS = 200

_LDB_ABS, _LDH_ABS, _LDB_IND, _LDH_IND, _LDX_MSH = 0x30, 0x28, 0x50, 0x48, 0xB1
_AND, _RSH, _LSH, _ADD_X, _ADD_K, _TAX, _JEQ, _RET = 0x54, 0x74, 0x64, 0x0C, 0x04, 0x07, 0x15, 0x06
_FILTER = (
    (_LDB_ABS, 0, 0, 0), (_AND, 0, 0, 0xF0), (_JEQ, 0, 11, 0x40),
    # IPv4: UDP from port 53, or TCP that begins with a greeting
    (_LDB_ABS, 0, 0, 9), (_LDX_MSH, 0, 0, 0), (_JEQ, 0, 2, 17), (_LDH_IND, 0, 0, 0), (_JEQ, 21, 22, 53),
    (_JEQ, 0, 21, 6), (_LDB_IND, 0, 0, 12), (_RSH, 0, 0, 4), (_LSH, 0, 0, 2), (_ADD_X, 0, 0, 0), (_JEQ, 10, 10, 0),
    # IPv6 without further headers
    (_JEQ, 0, 15, 0x60), (_LDB_ABS, 0, 0, 6), (_JEQ, 0, 2, 17), (_LDH_ABS, 0, 0, 40), (_JEQ, 10, 11, 53),
    (_JEQ, 0, 10, 6), (_LDB_ABS, 0, 0, 52), (_RSH, 0, 0, 4), (_LSH, 0, 0, 2), (_ADD_K, 0, 0, 40),
    # the first byte of the content: a handshake, and in it a greeting of a client
    (_TAX, 0, 0, 0), (_LDB_IND, 0, 0, 0), (_JEQ, 0, 3, 0x16), (_LDB_IND, 0, 0, 5), (_JEQ, 0, 1, 1),
    (_RET, 0, 0, 0x40000), (_RET, 0, 0, 0),
)  # fmt: skip


class Packets:
    """Listens on all interfaces."""

    id = "packets"

    def __init__(self, host: Host) -> None:
        """Begin to listen.

        Raises:
            OSError: not allowed.
        """
        self._host = host
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, socket.htons(_ALL))
        code = b"".join(struct.pack("=HBBI", *line) for line in _FILTER)
        self._code = ctypes.create_string_buffer(code)
        program = struct.pack("HL", len(_FILTER), ctypes.addressof(self._code))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _QUEUE)
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """Return the socket."""
        return self._socket.fileno()

    def due(self) -> float:
        """Return infinity: the socket tells."""
        return math.inf

    def read(self) -> Iterable[Observed | Lost]:
        """Return names."""
        for _ in range(_BATCH):
            try:
                packet = self._socket.recv(65536)
            except BlockingIOError:
                break
            except OSError as error:
                raise SensorError(N_("the packets ended: {error}"), error=error.strerror) from error
            yield from _names(packet, self._host.now())
        dropped = struct.unpack("=II", self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 8))[1]
        if dropped:
            yield Lost(self.id, dropped, "queue")

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


def _names(packet: bytes, at: float) -> Iterator[Observed]:
    try:
        if packet[0] >> 4 == 4:
            start, protocol, target = (packet[0] & 15) * 4, packet[9], str(ipaddress.IPv4Address(packet[16:20]))
        else:
            start, protocol, target = 40, packet[6], f"[{ipaddress.IPv6Address(packet[24:40])}]"
        if protocol == 17:
            name, addresses = answer(packet[start + 8 :])
            if name and addresses:
                yield Observed(at, "packets", Kind.RESOLVE, 0, path=name, detail=" ".join(addresses))
            return
        port = int.from_bytes(packet[start + 2 : start + 4], "big")
        name = server_name(packet[start + (packet[start + 12] >> 4) * 4 :])
        if name:
            yield Observed(at, "packets", Kind.NAME, 0, path=f"{target}:{port}", detail=name)
    except (IndexError, ValueError, struct.error):
        return  # cut or made up


def answer(data: bytes) -> tuple[str, list[str]]:
    """Return the name that an answer is about, and its addresses (RFC 1035, section 4).

    Raises:
        IndexError, struct.error: it is cut.
    """
    flags, questions, answers = struct.unpack_from(">HHH", data, 2)
    if not flags & 0x8000 or questions != 1:
        return "", []
    name, at = _name(data, 12)
    at += 4
    found = []
    for _ in range(min(answers, 64)):
        _, at = _name(data, at)
        kind, _, _, size = struct.unpack_from(">HHIH", data, at)
        at += 10
        if kind == 1 and size == 4:
            found.append(str(ipaddress.IPv4Address(data[at : at + 4])))
        elif kind == 28 and size == 16:
            found.append(str(ipaddress.IPv6Address(data[at : at + 16])))
        at += size
    return name, found[:16]


def _name(data: bytes, at: int) -> tuple[str, int]:
    """Read a name; a pointer ends what is read here, and is followed a bounded number of times."""
    parts: list[str] = []
    after = -1
    for _ in range(_STEPS):
        size = data[at]
        if size >= 0xC0:
            after = at + 2 if after < 0 else after
            at = (size & 0x3F) << 8 | data[at + 1]
        elif size == 0:
            return ".".join(parts)[:253].lower(), at + 1 if after < 0 else after
        else:
            parts.append(data[at + 1 : at + 1 + size].decode("ascii", "replace"))
            at += 1 + size
    raise ValueError("a name without an end")


def server_name(data: bytes) -> str:
    """Return the name in a TLS greeting (RFC 8446, 4.1.2; RFC 6066, 3), empty when there is none.

    Raises:
        IndexError: it is cut.
    """
    if data[:1] != b"\x16" or data[5] != 1:
        return ""
    at = 43
    at += 1 + data[at]
    at += 2 + int.from_bytes(data[at : at + 2], "big")
    at += 1 + data[at]
    end = at + 2 + int.from_bytes(data[at : at + 2], "big")
    at += 2
    while at + 4 <= min(end, len(data)):
        kind, size = struct.unpack_from(">HH", data, at)
        if kind == 0 and size > 5:
            length = int.from_bytes(data[at + 7 : at + 9], "big")
            return data[at + 9 : at + 9 + length].decode("ascii", "replace")[:253].lower()
        at += 4 + size
    return ""


def _missing(host: Host) -> Message | None:
    return None if host.root else Message.of(N_("it needs root"))


def _open(host: Host) -> Sensor:
    try:
        return Packets(host)
    except OSError as error:
        raise SensorError(N_("the kernel refuses it: {error}"), error=error.strerror) from error


KIND = SensorKind(
    "packets",
    N_("names that pass by"),
    N_("root"),
    N_("names of hosts: answers of name servers, names in TLS greetings"),
    N_("encrypted questions for names (DoH, DoT) and greetings (ECH)"),
    _missing,
    _open,
)
