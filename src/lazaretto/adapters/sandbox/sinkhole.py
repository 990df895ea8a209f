"""Plays every host of the world to the sandbox, from outside of it, and notes what it was told.

A request in clear gets `200` with an empty JSON object. TLS is not opened: the name that it asks for is noted, then
the connection is reset.
"""

import contextlib
import ipaddress
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lazaretto.adapters.sandbox.dns import Names

_MOST_BYTES = 1 << 20
_MOST_FLOWS = 256
_PATIENCE = 3.0
_ORIGINAL_DST = 80
_SOL_IP, _SOL_IPV6 = 0, 41
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@dataclass(frozen=True, slots=True)
class Flow:
    """What was told to one host."""

    at: float
    """`time.monotonic()` of its begin."""
    kind: str
    """`name`, `tcp`, `tls`, `http` or `udp`."""
    host: str
    """The name that was asked for, else the address."""
    port: int
    what: str = ""
    """Request line; name in the TLS greeting; kind of a name query."""
    sent: bytes = b""


class Sinkhole:
    """Serves the listeners until it is closed."""

    def __init__(
        self,
        listeners: Sequence[socket.socket],
        note: Callable[[Flow], None],
        allow: Callable[[socket.socket, str, int, bytes], bool] | None = None,
    ) -> None:
        """`listeners`: as `netns.listen` returns them; owned by this object. `note` is called from threads.

        `allow` takes connections to hosts that the person allowed; it answers False for all others (`relay.Way`).
        """
        self._allow = allow
        self.lost = 0
        """Connections that were dropped unseen because too many were open."""
        self.names = Names()
        self._closing = threading.Event()
        self._note = note
        self._listeners = tuple(listeners)
        self._free = threading.BoundedSemaphore(_MOST_FLOWS)
        work = (self._tcp, self._tcp, self._dns, self._dns, self._udp, self._udp)
        self._threads = [
            threading.Thread(target=serve, args=(one,), daemon=True)
            for serve, one in zip(work, self._listeners, strict=True)
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End: close the listeners, wait for what is still being told."""
        self._closing.set()
        for one in self._listeners:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for one in self._listeners:
            one.close()
        end = time.monotonic() + 2 * _PATIENCE
        for _ in range(_MOST_FLOWS):
            if not self._free.acquire(timeout=max(0.0, end - time.monotonic())):
                break

    def _dns(self, here: socket.socket) -> None:
        for data, peer in _datagrams(here, self._closing):
            found = self.names.answer(data)
            if found is not None:
                name, kind, reply = found
                self._note(Flow(time.monotonic(), "name", name, 53, str(kind)))
                with contextlib.suppress(OSError):
                    here.sendto(reply, peer)

    def _udp(self, here: socket.socket) -> None:
        for data, _ in _datagrams(here, self._closing):
            self._note(Flow(time.monotonic(), "udp", "", 0, sent=data))

    def _tcp(self, here: socket.socket) -> None:
        while True:
            try:
                peer, _ = here.accept()
            except OSError:
                return
            if not self._free.acquire(blocking=False):
                self.lost += 1
                peer.close()
                continue
            threading.Thread(target=self._one, args=(peer,), daemon=True).start()

    def _one(self, peer: socket.socket) -> None:
        at = time.monotonic()
        try:
            with peer:
                address, port = _meant(peer)
                host = self.names.name(address) or address
                data = _read(peer)
                name = server_name(data)
                line = _request_line(data)
                kind = "http" if line else "tls" if data[:2] == b"\x16\x03" else "tcp"
                self._note(Flow(at, kind, host, port, line or name, data))
                if self._allow is not None and self._allow(peer, host, port, data):
                    return
                if line:
                    peer.sendall(_ANSWER)
                else:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass  # it went away; what it told was noted, or it told nothing
        finally:
            self._free.release()


def _datagrams(here: socket.socket, closing: threading.Event) -> Iterator[tuple[bytes, tuple[str, int]]]:
    while True:
        try:
            data, peer = here.recvfrom(65536)
        except OSError:
            return
        if closing.is_set():
            return
        yield data, peer


def _meant(peer: socket.socket) -> tuple[str, int]:
    """Return the address and port that the program asked for, before the kernel turned it to us."""
    if peer.family == socket.AF_INET:
        port, packed = struct.unpack("!2xH4s8x", peer.getsockopt(_SOL_IP, _ORIGINAL_DST, 16))
    else:
        port, packed = struct.unpack("!2xH4x16s4x", peer.getsockopt(_SOL_IPV6, _ORIGINAL_DST, 28))
    return str(ipaddress.ip_address(packed)), port


def _read(peer: socket.socket) -> bytes:
    """Read a request with its body, a greeting, or whatever comes, within bounds of time and size."""
    found = b""
    end = time.monotonic() + _PATIENCE
    while len(found) < _MOST_BYTES and not _whole(found):
        peer.settimeout(max(0.01, end - time.monotonic()))
        try:
            part = peer.recv(1 << 16)
        except TimeoutError:
            break
        if not part:
            break
        found += part
    return found


def _whole(data: bytes) -> bool:
    if data[:2] == b"\x16\x03":
        return len(data) >= 5 and len(data) >= 5 + int.from_bytes(data[3:5], "big")
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank or not _request_line(data):
        return False
    lines = head.lower().split(b"\r\n")
    if any(line.startswith(b"transfer-encoding:") and b"chunked" in line for line in lines):
        return body.endswith(b"0\r\n\r\n")
    sizes = [line.partition(b":")[2].strip() for line in lines if line.startswith(b"content-length:")]
    return not sizes or not sizes[0].isdigit() or len(body) >= int(sizes[0][:12])


def _request_line(data: bytes) -> str:
    line = data[:8192].partition(b"\r\n")[0]
    words = line.split(b" ")
    if len(words) == 3 and words[2].startswith(b"HTTP/1.") and words[0].isalpha():
        return line.decode("latin-1")[:1000]
    return ""


def server_name(data: bytes) -> str:
    """Return the server name of a TLS greeting (RFC 8446, RFC 6066); an empty text when there is none."""
    if data[:2] != b"\x16\x03" or len(data) < 44 or data[5] != 1:
        return ""
    at = 44 + data[43]
    at += 2 + int.from_bytes(data[at : at + 2], "big")
    at += 1 + int.from_bytes(data[at : at + 1], "big")
    at += 2
    while at + 4 <= len(data):
        kind, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == 0:
            name = data[at + 9 : at + 4 + size]
            return name.decode("ascii", "backslashreplace")[:255]
        at += 4 + size
    return ""
