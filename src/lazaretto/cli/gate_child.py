"""A registry firewall in a process of its own, for `run`: it starts when it is first needed, and ends with us.

    python -m lazaretto.cli.gate_child FD     FD: a socket; first line in: options, first line out: {"url"} or {"error"}

Every further line asks what was refused until now.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lazaretto.model.text import Message

STARTING = 60.0
PATIENCE = 840.0
"""Seconds for which a client may be kept waiting while a large file is examined for the first time."""
DEFAULTS: Mapping[str, Any] = {
    "npm_url": "",
    "pypi_url": "",
    "policy": None,
    "store": "",
    "intel": "",
    "cache": None,
    "cache_bytes": 4 << 30,
    "offline": False,
    "jobs": 0,
}


class Gate:
    """The parent's side."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """`values` as `settings_of` wants them; what is missing is as in `DEFAULTS`."""
        self._values = {**DEFAULTS, **values}
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._address: tuple[str, int] | None = None
        self.error = ""
        """Why there is none, when it could not be started."""

    def dial(self) -> socket.socket:
        """Connect, and start it before if nobody did. Raises OSError."""
        with self._lock:
            if self._address is None and not self.error:
                self._start()
            if self._address is None:
                raise ConnectionRefusedError(self.error)
        made = socket.create_connection(self._address, 10)
        made.settimeout(None)
        return made

    def refused(self) -> list[tuple[str, str, Message | None]]:
        """Return purl or file name, case and reason of everything that was not delivered."""
        if self._address is None:
            return []
        try:
            self._ours.sendall(b"\n")
            rows = json.loads(self._reader.readline() or "[]")
        except (OSError, ValueError):
            return []
        return [
            (row["what"], row["case"], Message.of(row["template"], row["params"]) if row["template"] else None)
            for row in rows
        ]

    def close(self) -> None:
        """End it."""
        if self._child is not None:
            self._ours.close()
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()

    def _start(self) -> None:
        self._ours, theirs = socket.socketpair()
        self._child = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "lazaretto.cli.gate_child", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        theirs.close()
        self._ours.settimeout(STARTING)
        self._reader = self._ours.makefile("r", encoding="utf-8")
        try:
            words = {key: str(value) if isinstance(value, Path) else value for key, value in self._values.items()}
            self._ours.sendall(json.dumps(words).encode() + b"\n")
            told = json.loads(self._reader.readline() or "{}")
        except (OSError, ValueError) as error:
            told = {"error": str(error)}
        if "url" in told:
            parts = urlsplit(told["url"])
            self._address = (parts.hostname or "", parts.port or 0)
        else:
            self.error = str(told.get("error") or "it ended without a word")


def serve(channel: socket.socket) -> None:
    """Serve until the parent has gone."""
    from lazaretto.cli.gate import settings_of
    from lazaretto.gate.background import in_background

    reader = channel.makefile("r", encoding="utf-8")

    def say(value: object) -> None:
        channel.sendall(json.dumps(value, default=str).encode() + b"\n")

    values = json.loads(reader.readline())
    for name in ("policy", "cache"):
        values[name] = Path(values[name]) if values[name] else None
    try:
        with in_background(settings_of(values, hold_seconds=PATIENCE, stop_seconds=0.5)) as gate:
            say({"url": gate.url})
            while reader.readline():
                say(
                    [
                        {
                            "what": one.purl or one.filename,
                            "case": one.case,
                            "template": one.message.template if one.message else "",
                            "params": dict(one.message.params) if one.message else {},
                        }
                        for one in [*gate.keeper.recorder.refused]
                    ]
                )
    except Exception as error:  # noqa: BLE001 - the outermost edge: the parent tells it
        say({"error": str(error) or type(error).__name__})


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
