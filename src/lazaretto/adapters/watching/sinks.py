"""Where alerts go besides standard output: a file of JSON lines, syslog, a web address.

One that fails is told, and tried again with the next alert; the others go on.

    file     one JSON document a line, appended, readable by its owner only
    syslog   RFC 5424 over the local socket, UDP or TCP; the message is the JSON
    webhook  POST of the JSON, by a thread of its own with a bounded queue: a slow server stops nothing
"""

import json
import os
import queue
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import urllib3

from lazaretto.model.text import N_, Message

_LOCAL0 = 16
_PRIORITY = {"CRITICAL": 2, "HIGH": 3, "MEDIUM": 4, "LOW": 6}
_WAITING = 1000
_SECONDS = 5.0
_DATAGRAM = 8000

Document = Mapping[str, Any]


class Sink(Protocol):
    """A place for alerts."""

    def put(self, document: Document) -> None:
        """Hand over one alert.

        Raises:
            OSError: it did not arrive.
        """

    def close(self) -> None:
        """Finish."""


class File:
    """A file of JSON lines."""

    def __init__(self, path: Path) -> None:
        """Open for appending.

        Raises:
            OSError: it cannot be.
        """
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def put(self, document: Document) -> None:
        """Append one line, whole or not at all as far as the system can."""
        os.write(self._handle, json.dumps(document, ensure_ascii=True).encode() + b"\n")

    def close(self) -> None:
        """Close."""
        os.close(self._handle)


class Syslog:
    """`local` (the socket /dev/log), `udp:HOST:PORT` or `tcp:HOST:PORT`."""

    def __init__(self, where: str) -> None:
        """Remember where; the connection is made when it is needed.

        Raises:
            ValueError: it is no such place.
        """
        kind, _, rest = where.partition(":")
        host, _, port = rest.rpartition(":")
        if where != "local" and (kind not in ("udp", "tcp") or not host or not port.isdigit()):
            raise ValueError(where)
        self._kind = "local" if where == "local" else kind
        self._address = (host.strip("[]"), int(port)) if where != "local" else ("", 0)
        self._socket: socket.socket | None = None

    def put(self, document: Document) -> None:
        """Send one message; a broken connection is made anew once."""
        priority = _LOCAL0 * 8 + _PRIORITY.get(str(document.get("severity")), 5)
        name = socket.gethostname()[:255] or "-"
        text = json.dumps(document, ensure_ascii=True)
        line = f"<{priority}>1 {document.get('at', '-')} {name} lazaretto-watch {os.getpid()} - - {text}".encode()
        if self._kind == "tcp":
            line = f"{len(line)} ".encode() + line  # RFC 6587, 3.4.1
        else:
            line = line[:_DATAGRAM]
        for last in (False, True):
            try:
                self._connected().sendall(line)
            except OSError:
                self.close()
                if last:
                    raise
            else:
                return

    def _connected(self) -> socket.socket:
        if self._socket is None:
            if self._kind == "local":
                made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                made.connect("/dev/log")
            elif self._kind == "udp":
                made = socket.socket(socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET, socket.SOCK_DGRAM)
                made.connect(self._address)
            else:
                made = socket.create_connection(self._address, _SECONDS)
            made.settimeout(_SECONDS)
            self._socket = made
        return self._socket

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Webhook:
    """A web address that takes JSON."""

    def __init__(self, url: str, told: Callable[[Message], None]) -> None:
        """`told` hears of failures, from the thread.

        Raises:
            ValueError: no http or https address.
        """
        if not url.startswith(("https://", "http://")):
            raise ValueError(url)
        self._url = url
        self._told = told
        self._queue: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def put(self, document: Document) -> None:
        """Queue one alert.

        Raises:
            OSError: too many wait already.
        """
        try:
            self._queue.put_nowait(json.dumps(document, ensure_ascii=True).encode())
        except queue.Full as error:
            raise OSError(0, "the server takes alerts too slowly") from error

    def _send(self) -> None:
        pool = urllib3.PoolManager(retries=urllib3.Retry(2, redirect=0, backoff_factor=0.3), timeout=_SECONDS)
        while (body := self._queue.get()) is not None:
            try:
                answer = pool.request("POST", self._url, body=body, headers={"Content-Type": "application/json"})
                if answer.status >= 300:
                    self._told(Message.of(N_("an alert was not taken: {error}"), {"error": f"HTTP {answer.status}"}))
            except urllib3.exceptions.HTTPError as error:
                self._told(Message.of(N_("an alert was not taken: {error}"), {"error": type(error).__name__}))

    def close(self) -> None:
        """Send what waits, for a few seconds."""
        try:
            self._queue.put(None, timeout=_SECONDS)
        except queue.Full:
            return
        self._thread.join(_SECONDS * 2)
