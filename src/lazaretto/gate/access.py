"""The access log: one JSON line for a request, written in batches by one task, never holding up an answer."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec
from aiohttp import web

_MOST = 10_000
"""Lines that wait; more are counted and told, not kept."""


class Line(msgspec.Struct, omit_defaults=True):
    """One request. Untrusted texts are as they came; JSON escapes them."""

    at: float
    request: str
    kind: str
    method: str
    path: str
    status: int
    ms: float
    bytes: int = 0
    client: str = ""
    team: str = ""
    peer: str = ""

    @classmethod
    def of(
        cls, request: web.BaseRequest, ident: str, kind: str, answer: web.StreamResponse, seconds: float, team: str
    ) -> "Line":
        """Describe one answered request."""
        return cls(
            round(time.time(), 3),
            ident,
            str(kind),
            request.method[:16],
            request.raw_path[:400].partition("?")[0],
            answer.status,
            round(seconds * 1000, 2),
            answer.content_length or 0,
            request.headers.get("User-Agent", "")[:120],
            team,
            request.remote or "",
        )


@dataclass
class AccessLog:
    """Where lines go; without a file nothing is kept."""

    path: Path | None = None
    lost: int = 0
    _waiting: list[Line] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def opened(cls, path: Path | None) -> AsyncIterator["AccessLog"]:
        """Write lines to `path` while the block runs; `-` is standard error."""
        log = cls(path)
        if path is None:
            yield log
            return
        standard = contextlib.nullcontext(sys.stderr.buffer)  # not ours to close
        with standard if str(path) == "-" else path.open("ab") as out:
            task = asyncio.create_task(log._run(out))
            try:
                yield log
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                log._flush(out)

    def write(self, line: Line) -> None:
        """Take a line."""
        if self.path is None:
            return
        if len(self._waiting) < _MOST:
            self._waiting.append(line)
        else:
            self.lost += 1

    async def _run(self, out: BinaryIO) -> None:
        while True:
            await asyncio.sleep(0.5)
            await asyncio.to_thread(self._flush, out)

    def _flush(self, out: BinaryIO) -> None:
        lines, self._waiting = self._waiting, []
        if lines:
            with contextlib.suppress(OSError):
                out.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
                out.flush()
