"""Examinations for a gate: workers that outlive one file, a clock for each file, and nothing lost when one dies.

A worker is another program (`lazaretto.app.gate_worker`), not a fork: a server with threads must not be forked, and a
hostile file must not share its memory.
"""

import asyncio
import contextlib
import os
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

from lazaretto.app.gate_frames import Answer, Request, failure
from lazaretto.model.gate import Examined
from lazaretto.model.text import N_, Message

SECONDS = 180.0
"""Wall time for one artifact before its worker is ended."""
RETIRE = 2000
"""Files after which a worker is replaced: what leaks stays small."""
_FRAME = 1 << 22

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Answer).decode


@dataclass(eq=False)
class _Worker:
    process: asyncio.subprocess.Process
    served: int = 0

    async def ask(self, request: Request) -> Answer:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        body = _encode(request)
        self.process.stdin.write(struct.pack(">I", len(body)) + body)
        await self.process.stdin.drain()
        size = struct.unpack(">I", await self.process.stdout.readexactly(4))[0]
        if size > _FRAME:
            raise ValueError("frame")
        self.served += 1
        return _decode(await self.process.stdout.readexactly(size))

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


@dataclass
class Examiner:
    """A few workers. Use as an asynchronous context manager."""

    jobs: int
    store: str = ""
    seconds: float = SECONDS
    environment: Mapping[str, str] = field(default_factory=dict)
    busy_seconds: float = 0.0
    """Processor time of all examinations so far."""
    done: int = 0
    _idle: list[_Worker] = field(default_factory=list)
    _all: set[_Worker] = field(default_factory=set)
    _room: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(max(1, self.jobs))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for worker in list(self._all):
            await worker.end()

    async def examine(self, path: Path, ecosystem: str, sha256: str) -> Examined:
        """Examine one file; always an answer, perhaps that there is none (`failed`)."""
        async with self._room:
            worker = self._idle.pop() if self._idle else await self._start()
            try:
                async with asyncio.timeout(self.seconds):
                    answer = await worker.ask(Request(str(path), ecosystem, sha256))
            except TimeoutError:
                await self._bury(worker)
                return failure(sha256, Message.of(N_("examination was stopped: it took too long")))
            except (OSError, EOFError, ValueError, msgspec.MsgspecError):
                await self._bury(worker)
                reason = N_("examination was stopped: its process died, perhaps for want of memory")
                return failure(sha256, Message.of(reason))
            except BaseException:
                await self._bury(worker)  # its answer would be taken for the next file's
                raise
            self.busy_seconds += answer.seconds
            self.done += 1
            if worker.served >= RETIRE:
                await self._bury(worker)
            else:
                self._idle.append(worker)
            return answer.examined

    async def warm(self) -> None:
        """Start one worker ahead of the first question."""
        async with self._room:
            self._idle.append(self._idle.pop() if self._idle else await self._start())

    async def _start(self) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "lazaretto.app.gate_worker",
            self.store,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, **self.environment},
            start_new_session=True,
        )
        worker = _Worker(process)
        self._all.add(worker)
        return worker

    async def _bury(self, worker: _Worker) -> None:
        self._all.discard(worker)
        await worker.end()
