"""Worker processes for hostile input: bounded memory, bounded time, and a dead worker is an answer.

A worker takes bytes and gives bytes (nothing is unpickled on either side). The standard library's executors do
not fit: one killed worker breaks the whole `ProcessPoolExecutor`, and none of them limits a task's time.

    with Pool(factory, config, jobs=2) as pool:
        for key, answer in pool.run((key, request), ...):     # answers in the order in which they are ready
            if isinstance(answer, Death): ...
"""

import atexit
import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType, TracebackType
from typing import Generic, Self, TypeVar

K = TypeVar("K")
C = TypeVar("C")

Work = Callable[[bytes], bytes]


class Cause(StrEnum):
    """Why a task has no answer."""

    TIME = "time"
    """It did not finish in time and its worker was killed."""
    CRASH = "crash"
    """Its worker ended: out of memory, or a crash in compiled code."""


@dataclass(frozen=True, slots=True)
class Death:
    """A task whose worker died."""

    cause: Cause


class OutOfTime(BaseException):
    """Raised inside a worker when one file takes too long; not an `Exception`, so no rule can swallow it."""


@dataclass(eq=False)
class _Worker(Generic[K]):
    process: BaseProcess
    requests: Connection
    answers: Connection
    task: tuple[K, bytes] | None = None
    deadline: float = 0.0

    def close(self) -> None:
        for end in (self.requests, self.answers):
            with contextlib.suppress(OSError):
                end.close()


@dataclass
class Pool(Generic[K, C]):
    """A fixed number of worker processes. Use as a context manager; leaving it ends the workers."""

    factory: Callable[[C], Work]
    """Called once in each worker with `config`; must be importable by name (for platforms without fork)."""
    config: C
    jobs: int
    seconds: float = 60.0
    """Time for one task before its worker is killed."""
    memory: int = 1 << 30
    """Bytes of address space that a worker may add to what it started with (POSIX only)."""
    _workers: list[_Worker[K]] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self, tasks: Iterable[tuple[K, bytes]]) -> Iterator[tuple[K, bytes | Death]]:
        """Yield every task's key with its answer, as they become ready.

        Tasks are taken from the iterable one at a time as workers fall free, so it may be lazy and long. A task
        may be appended while others run (the iterable decides).
        """
        source = iter(tasks)
        exhausted = False
        while True:
            while not exhausted and (idle := self._idle()) is not None:
                try:
                    task = next(source)
                except StopIteration:
                    exhausted = True
                    break
                self._give(idle, task)
            busy = [worker for worker in self._workers if worker.task is not None]
            if not busy:
                if exhausted:
                    return
                continue
            yield from self._collect(busy)

    def close(self) -> None:
        """End all workers; safe to call twice."""
        for worker in self._workers:
            worker.close()
        for worker in self._workers:
            if worker.task is not None:
                worker.process.kill()
            worker.process.join(2)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()

    def _idle(self) -> _Worker[K] | None:
        for worker in self._workers:
            if worker.task is None:
                return worker
        return self._start() if len(self._workers) < max(1, self.jobs) else None

    def _start(self) -> _Worker[K]:
        forks = sys.platform == "linux"
        context = multiprocessing.get_context("fork") if forks else multiprocessing.get_context("spawn")
        # NOTE: two one-way pipes: a duplex one is a socket pair, and an offline check opens no socket at all.
        their_requests, requests = context.Pipe(duplex=False)
        answers, their_answers = context.Pipe(duplex=False)
        inherited: list[Connection] = []
        if forks:
            inherited = [requests, answers, *(end for w in self._workers for end in (w.requests, w.answers))]
        process = context.Process(
            target=_serve,
            args=(their_requests, their_answers, inherited, self.factory, self.config, self.memory),
            daemon=True,
        )
        process.start()
        their_requests.close()
        their_answers.close()
        worker: _Worker[K] = _Worker(process, requests, answers)
        self._workers.append(worker)
        return worker

    def _give(self, worker: _Worker[K], task: tuple[K, bytes]) -> None:
        worker.task = task
        worker.deadline = time.monotonic() + self.seconds
        with contextlib.suppress(OSError):  # a worker that died meanwhile is found by _collect
            worker.requests.send_bytes(task[1])

    def _collect(self, busy: list[_Worker[K]]) -> Iterator[tuple[K, bytes | Death]]:
        now = time.monotonic()
        soonest = min(worker.deadline for worker in busy)
        ready = wait([worker.answers for worker in busy], timeout=max(0.0, soonest - now))
        for worker in busy:
            assert worker.task is not None
            key = worker.task[0]
            if worker.answers in ready:
                try:
                    answer: bytes | Death = worker.answers.recv_bytes()
                except (EOFError, OSError):
                    answer = Death(Cause.CRASH)
                    self._bury(worker)
                worker.task = None
                yield key, answer
            elif time.monotonic() >= worker.deadline:
                self._bury(worker)
                yield key, Death(Cause.TIME)

    def _bury(self, worker: _Worker[K]) -> None:
        worker.process.kill()
        worker.process.join()
        worker.close()
        self._workers.remove(worker)


RESERVED = 768 << 20
"""Bytes of address space that searches by YARA-X reserve (80 MB a scanner) and hardly touch; they must not be counted
as memory, or a worker that has met every kind of file has none left."""
TICK = 0.1
"""Seconds of processor time between two looks at the clock."""


class _Clock:
    """The deadline of the file in hand. A signal's handler belongs to the process, so this does, too."""

    deadline: float | None = None
    ticking = False


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in this process when the block uses more processor time (POSIX; elsewhere no limit).

    Processor time, so that a busy machine examines as much as an idle one; who waits is ended by the pool's clock.
    One timer ticks while there is work: setting one for each of thousands of small files costs more than they do.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    _Clock.deadline = time.process_time() + seconds
    if not _Clock.ticking:
        _Clock.ticking = True
        signal.signal(signal.SIGPROF, _tick)
        signal.setitimer(signal.ITIMER_PROF, TICK, TICK)
        atexit.unregister(_stop)
        atexit.register(_stop)  # the handler goes before the process does
    try:
        yield
    finally:
        _Clock.deadline = None


def _stop() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    _Clock.ticking = False


def _tick(_number: int, _frame: FrameType | None) -> None:
    if _Clock.deadline is None:
        _stop()
    elif time.process_time() > _Clock.deadline:
        raise OutOfTime


def _serve(
    requests: Connection,
    answers: Connection,
    inherited: list[Connection],
    factory: Callable[[C], Work],
    config: C,
    memory: int,
) -> None:
    """Run in a worker: answer requests until the pipe closes."""
    for other in inherited:  # or a worker would keep its siblings' pipes open after the parent's death
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    _limit_memory(memory)
    work = factory(config)
    while True:
        try:
            request = requests.recv_bytes()
        except (EOFError, OSError):
            os._exit(0)
        try:
            answer = work(request)
        except Exception:  # noqa: BLE001 - MemoryError above all; the parent makes a gap of this worker's end
            os._exit(71)
        try:
            answers.send_bytes(answer)
        except OSError:
            os._exit(0)


def _limit_memory(extra: int) -> None:
    try:
        import resource

        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - a worker's start is hot
            used = int(statm.read().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (used + extra + RESERVED, hard))
    except (ImportError, OSError, ValueError):  # not POSIX, or no /proc: the time limit still holds
        return


def default_jobs() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


__all__ = ["Cause", "Death", "OutOfTime", "Pool", "Work", "default_jobs", "time_limit"]
