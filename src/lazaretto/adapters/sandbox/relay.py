"""The few ways out of and into a sandbox, each of them through us.

The registry firewall, hosts that the person allowed, and a port that the person wants to see.

Only TCP, never to an address that the sandbox names: the firewall is where its dialler says, and a host that is
allowed is looked up here, and reached only at a public address and under its own name (TLS greeting, `Host`).
"""

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from lazaretto.adapters.sandbox.decoys import Canaries
from lazaretto.adapters.sandbox.netns import GATE
from lazaretto.adapters.sandbox.sinkhole import Flow, server_name

Dial = Callable[[], socket.socket]
"""Connect to one place. Raises OSError."""
Way = Callable[[socket.socket, str, int, bytes], bool]
"""Take a connection over, given the host, the port and the first bytes that came; False = it is not for us."""

_MOST = 128
"""Connections at a time."""
_PART = 1 << 16
_LOOKED = 1 << 20
"""Bytes of a connection that are searched for decoys."""
_CONNECT_SECONDS = 10.0


class Relay:
    """Hands every connection of one listener on."""

    def __init__(
        self, listener: socket.socket, dial: Dial | None, canaries: Canaries | None, note: Callable[[Flow], None] | None
    ) -> None:
        """`listener` is owned by this object. With `canaries`, a connection that carries a decoy is cut, and noted."""
        self._listener, self._dial, self._canaries, self._note = listener, dial, canaries, note
        self._free = threading.BoundedSemaphore(_MOST)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening. What is connected ends with its peers."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            if self._dial is None or not self._free.acquire(blocking=False):
                peer.close()
                continue
            threading.Thread(target=self._one, args=(peer, self._dial), daemon=True).start()

    def _one(self, peer: socket.socket, dial: Dial) -> None:
        try:
            with peer, dial() as other:
                pump(peer, other, self._watch() if self._canaries is not None else None)
        except OSError:
            pass  # one of the two went away
        finally:
            self._free.release()

    def _watch(self) -> Callable[[bytes], bool]:
        seen = bytearray()

        def fine(part: bytes) -> bool:
            if len(seen) >= _LOOKED:
                return True
            seen.extend(part)
            data = bytes(seen)
            if self._canaries is None or not any(True for _ in self._canaries.seen_in(data)):
                return True
            if self._note is not None:
                line = data.partition(b"\r\n")[0].decode("latin-1")[:1000]
                self._note(Flow(time.monotonic(), "http", "127.0.0.1", GATE, line, data))
            return False

        return fine


def pump(one: socket.socket, other: socket.socket, watch: Callable[[bytes], bool] | None = None) -> None:
    """Copy both ways until both have ended. `watch` sees what `one` sends, and may end it all by False."""

    def back() -> None:
        _copy(other, one, None)

    thread = threading.Thread(target=back, daemon=True)
    thread.start()
    if not _copy(one, other, watch):
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
    thread.join()


def _copy(source: socket.socket, target: socket.socket, watch: Callable[[bytes], bool] | None) -> bool:
    try:
        while part := source.recv(_PART):
            if watch is not None and not watch(part):
                return False
            target.sendall(part)
    except OSError:
        return False
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
    return True


class Allowed:
    """The hosts that the person allowed: a `Way`."""

    def __init__(self, hosts: Iterable[str], resolve: Callable[[str, int], list[str]] | None = None) -> None:
        """`hosts`: names, or `name:port`; without a port 443 and 80 are meant. Empty = none is allowed."""
        self._places: set[tuple[str, int]] = set()
        for text in hosts:
            name, _, port = text.lower().rstrip(".").partition(":")
            self._places |= {(name, int(port))} if port else {(name, 443), (name, 80)}
        self._resolve = resolve or _addresses

    def __call__(self, peer: socket.socket, host: str, port: int, data: bytes) -> bool:
        """Hand a connection on when name, port, what it says itself, and the name's addresses agree."""
        host = host.lower()
        if (host, port) not in self._places:
            return False
        tls = data[:2] == b"\x16\x03"
        said, size = (server_name(data), len(data)) if tls else request(data)
        if said.lower() != host:
            return False
        try:
            addresses = self._resolve(host, port)
            # one private address among public ones is an attempt to get there
            if not addresses or not all(map(public, addresses)):
                return False
            with socket.create_connection((addresses[0], port), _CONNECT_SECONDS) as other:
                other.settimeout(None)
                peer.settimeout(None)
                # in clear, another request on the same connection could name another host: only the first goes on
                other.sendall(data[:size])
                if tls:
                    pump(peer, other)
                else:
                    _rest(peer, other, size - len(data))
        except OSError:
            pass
        return True


def _rest(peer: socket.socket, other: socket.socket, missing: int) -> None:
    """Send what is missing of one request, then only the answer goes on."""
    while missing > 0 and (part := peer.recv(min(missing, _PART))):
        other.sendall(part)
        missing -= len(part)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)
    _copy(other, peer, None)


def request(data: bytes) -> tuple[str, int]:
    """Return the host that one request in clear names, and its size with the body.

    An empty host when it leaves any doubt: two hosts, a target that is no path, a body without a plain length.
    """
    head, blank, _ = data.partition(b"\r\n\r\n")
    first, *rows = head.split(b"\r\n")
    words = first.split(b" ")
    if not blank or len(words) != 3 or words[2] != b"HTTP/1.1" or not words[1].startswith(b"/"):
        return "", 0
    fields: dict[bytes, bytes] = {}
    for row in rows:
        name, colon, value = row.partition(b":")
        if not colon or name != name.strip() or b"\n" in row or (name.lower() in fields and name.lower() in _ONCE):
            return "", 0
        fields[name.lower()] = value.strip()
    length = fields.get(b"content-length", b"0")
    if b"transfer-encoding" in fields or not length.isdigit() or len(length) > 12:
        return "", 0
    host = fields.get(b"host", b"").decode("ascii", "replace")
    return host.removesuffix(":80"), len(head) + 4 + int(length)


_ONCE = frozenset({b"host", b"content-length"})


def public(address: str) -> bool:
    """Tell whether an address is one of the internet: no loopback, private, link-local, metadata, mapped one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if parsed.version == 6:
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inner is not None:
            return public(str(inner))
        if parsed in _NAT64:
            return public(str(ipaddress.IPv4Address(parsed.packed[-4:])))
    return parsed.is_global and not parsed.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


class Publisher:
    """Lets the person see a port inside at a port of this machine's loopback, while the context is open."""

    def __init__(self, port: int, dial: Dial) -> None:
        """`port`: of 127.0.0.1, or 0 for a free one; `dial` connects to the port inside."""
        self._port, self._dial = port, dial

    def __enter__(self) -> Self:
        """Listen. Raises OSError: the port is taken."""
        listener = socket.create_server(("127.0.0.1", self._port), backlog=64)
        self.port: int = listener.getsockname()[1]
        self._relay = Relay(listener, self._dial, None, None)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Stop listening."""
        self._relay.close()
