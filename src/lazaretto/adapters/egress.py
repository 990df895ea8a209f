"""A proxy on loopback that refuses every host and remembers which were asked.

`gate exec` gives it to the client as HTTP(S) proxy: whatever does not go to the gate (an address in a lockfile, an
index that a project adds, a tool of its own) ends here with a 403 whose reason phrase says so. It never connects to
anything. A program that ignores proxies is not held back by it.
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_HEAD = 16 << 10
_SECONDS = 10.0
_AT_ONCE = 64
_MOST = 1000
"""Different addresses that are remembered."""
_BODY = b"Closed for this run: only the registry firewall may be asked.\n"


@dataclass(frozen=True, slots=True, order=True)
class Turned:
    """One address that was refused."""

    host: str
    """With its port when it is not the scheme's own. Untrusted."""
    path: str
    """Of plain HTTP; empty for HTTPS, of which a proxy sees only the host."""


class Egress:
    """The proxy, running while the context is open."""

    def __init__(self) -> None:
        """Nothing listens yet."""
        self._asked: dict[Turned, int] = {}
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(_AT_ONCE)

    def __enter__(self) -> Self:
        """Listen on a free port of loopback."""
        self._server = socket.create_server(("127.0.0.1", 0), backlog=_AT_ONCE)
        threading.Thread(target=self._accept, name="egress", daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    @property
    def url(self) -> str:
        """What clients get as their proxy."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    @property
    def turned(self) -> Mapping[Turned, int]:
        """How often each address was asked, in the order of the first time."""
        with self._lock:
            return dict(self._asked)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._slots.acquire()
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(_SECONDS)
                turned = _address(_head(connection))
                if turned is not None:
                    with self._lock:
                        if turned in self._asked or len(self._asked) < _MOST:
                            self._asked[turned] = self._asked.get(turned, 0) + 1
                connection.sendall(_refusal(turned))
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        finally:
            self._slots.release()


def _head(connection: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found and len(found) < _HEAD:
        more = connection.recv(4096)
        if not more:
            break
        found += more
    return found


def _address(head: bytes) -> Turned | None:
    words = head.split(b"\r\n", 1)[0].decode("ascii", "replace").split(" ")
    if len(words) < 2:
        return None
    if words[0] == "CONNECT":
        return Turned(words[1].removesuffix(":443")[:300], "")
    try:
        parts = urlsplit(words[1])
        port = parts.port
    except ValueError:
        return Turned(words[1][:300], "")
    return Turned(f"{parts.hostname or ''}{f':{port}' if port not in {None, 80} else ''}"[:300], parts.path[:500])


def _refusal(turned: Turned | None) -> bytes:
    host = "".join(letter for letter in turned.host if letter.isascii() and letter.isprintable()) if turned else ""
    reason = f"Lazaretto: {host} is closed for this run, only the gate may be asked" if host else "Lazaretto: closed"
    rows = (f"HTTP/1.1 403 {reason}", "Content-Type: text/plain", f"Content-Length: {len(_BODY)}", "Connection: close")
    return "\r\n".join([*rows, "", ""]).encode("ascii") + _BODY
