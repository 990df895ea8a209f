"""Plays every host of the world to the sandbox, from outside of it, and notes what it was told.

A request gets `200` with an empty JSON object, in clear or over TLS, with a certificate of the run's own authority.
Who does not trust that is noted, too: pinned certificates are rare among honest programs.
"""

import contextlib
import ipaddress
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lazaretto.adapters.sandbox.authority import Authority
from lazaretto.adapters.sandbox.dns import Names
from lazaretto.adapters.sandbox.greeting import Request, ends_chunks, expected, greeting, is_tls, request, server_name

__all__ = ["Flow", "Sinkhole", "server_name"]

_T = TypeVar("_T")
_MOST_KEPT = 8 << 20
"""Bytes of one connection that are searched; what is beyond is counted."""
_MOST_BYTES = 256 << 20
_MOST_FLOWS = 256
_PATIENCE = 3.0
_PART = 1 << 16
_ORIGINAL_DST = 80
_SOL_IP, _SOL_IPV6 = 0, 41
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@dataclass(frozen=True, slots=True)
class Flow:
    """What was told to one host."""

    at: float
    """`time.monotonic()` of its begin."""
    kind: str
    """`name`, `tcp`, `tls`, `http`, `https` or `udp`."""
    host: str
    """The name that was asked for, else the address."""
    port: int
    what: str = ""
    """Request line; name in the TLS greeting; kind of a name query."""
    sent: bytes = b""
    """In clear."""
    address: str = ""
    name: str = ""
    ja3: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    size: int = 0
    """Bytes that were sent, those beyond `sent` included."""
    answer: bytes = b""
    end: float = 0.0
    decision: str = "played"


class Sinkhole:
    """Serves the listeners until it is closed."""

    def __init__(
        self,
        listeners: Sequence[socket.socket],
        note: Callable[[Flow], None],
        allow: Callable[[socket.socket, str, int, bytes], bool] | None = None,
        authority: Authority | None = None,
    ) -> None:
        """`listeners`: as `netns.listen` returns them; owned by this object. `note` is called from threads.

        `allow` takes connections to hosts that the person allowed; it answers False for all others (`relay.Way`).
        Without an `authority`, TLS is not opened: connections are reset after their greeting.
        """
        self._allow = allow
        self.lost = 0
        """Connections that were dropped unseen because too many were open."""
        self.names = Names()
        self._authority = authority
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
        self.settle()

    def settle(self) -> None:
        """Wait until what is being told has been noted, within bounds of time."""
        end = time.monotonic() + 2 * _PATIENCE
        taken = 0
        for _ in range(_MOST_FLOWS):
            if not self._free.acquire(timeout=max(0.0, end - time.monotonic())):
                break
            taken += 1
        for _ in range(taken):
            self._free.release()

    def _dns(self, here: socket.socket) -> None:
        for data, peer in _datagrams(here, self._closing):
            found = self.names.answer(data)
            if found is not None:
                name, kind, reply = found
                at = time.monotonic()
                self._note(Flow(at, "name", name, 53, str(kind), data, size=len(data), answer=reply, end=at))
                with contextlib.suppress(OSError):
                    here.sendto(reply, peer)

    def _udp(self, here: socket.socket) -> None:
        for data, _ in _datagrams(here, self._closing):
            at = time.monotonic()
            self._note(Flow(at, "udp", "", 0, sent=data, size=len(data), end=at))

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
        try:
            with peer:
                self._serve(peer)
        except (OSError, ssl.SSLError):
            pass  # it went away; what it told was noted, or it told nothing
        finally:
            self._free.release()

    def _serve(self, peer: socket.socket) -> None:
        at = time.monotonic()
        address, port = _meant(peer)
        host = self.names.name(address) or address
        end = at + _PATIENCE
        data, size = _read(lambda: _received(peer, end))
        name, ja3 = "", ""
        kind, told, answer = "tcp", Request(), b""
        stream: _Tls | None = None
        if is_tls(data):
            seen = greeting(data)
            kind, name, ja3 = "tls", seen.name, seen.ja3
        if self._allow is not None and self._allow(peer, host, port, data):
            told = request(data)
            kind = "http" if told.line else kind
            self._note(
                Flow(
                    at, kind, host, port, told.line or name, data, address, name, ja3, told.headers, size,
                    end=time.monotonic(), decision="passed",
                )
            )  # fmt: skip
            return
        if kind == "tls":
            if self._authority is not None:
                stream = _Tls(peer, self._authority.context(name or host), data, end)
                try:
                    stream.greet()
                    kind = "https"
                    data, size = _read(stream.read)
                except (OSError, ssl.SSLError) as error:
                    answer = f"not trusted: {getattr(error, 'reason', None) or error}".encode()
        if kind != "tls":
            told = request(data)
            kind = {"tcp": "http", "https": "https"}[kind] if told.line else kind
            answer = _ANSWER if told.line else b""
        what = told.line or name
        self._note(
            Flow(at, kind, host, port, what, data, address, name, ja3, told.headers, size, answer, time.monotonic())
        )
        if told.line and stream is not None:
            stream.write(_ANSWER)
        elif told.line:
            peer.sendall(_ANSWER)
        else:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class _Tls:
    """The server's end of a TLS connection whose first bytes were read already."""

    def __init__(self, peer: socket.socket, context: ssl.SSLContext, data: bytes, end: float) -> None:
        self._peer, self._end = peer, end
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._in.write(data)
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)

    def greet(self) -> None:
        """Shake hands. Raises OSError and ssl.SSLError when the other side does not want to."""
        self._do(self._tls.do_handshake)

    def read(self) -> bytes:
        """Return what comes next; empty at the end."""
        try:
            return self._do(lambda: self._tls.read(_PART))
        except (ssl.SSLError, OSError):
            return b""

    def write(self, data: bytes) -> None:
        """Send. Raises OSError and ssl.SSLError."""
        self._do(lambda: self._tls.write(data))
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        self._flush()

    def _do(self, work: Callable[[], _T]) -> _T:
        while True:
            try:
                done = work()
            except ssl.SSLWantReadError:
                self._flush()
                part = _received(self._peer, self._end)
                if not part:
                    raise OSError("it went away, or took too long") from None
                self._in.write(part)
            except ssl.SSLError:
                self._flush()
                raise
            else:
                self._flush()
                return done

    def _flush(self) -> None:
        data = self._out.read()
        if data:
            self._peer.sendall(data)


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


def _received(peer: socket.socket, end: float) -> bytes:
    """Return what comes next; empty at the end, and when it takes too long."""
    peer.settimeout(max(0.01, end - time.monotonic()))
    try:
        return peer.recv(_PART)
    except TimeoutError:
        return b""


def _read(part: Callable[[], bytes]) -> tuple[bytes, int]:
    """Read a request with its body, a greeting, or whatever comes; return the first bytes and the size of all."""
    found = bytearray()
    size, wanted = 0, 0
    while size < _MOST_BYTES and not (wanted and size >= wanted):
        more = part()
        if not more:
            break
        size += len(more)
        if len(found) < _MOST_KEPT:
            found += more
        if wanted == 0:
            head = bytes(found[: 1 << 16])
            end = expected(head)
            wanted = _MOST_BYTES if end is None else end
        if wanted == _MOST_BYTES and ends_chunks(more):
            break
    return bytes(found), size
