"""One piece of work at a time for one key, however many ask; and small memories with a bound."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Once(Generic[K, V]):
    """Whoever asks for a key while its work is under way gets the same answer, or the same error.

    The work is a task of its own: a client that goes away does not end it for the others.
    """

    def __init__(self) -> None:
        self._running: dict[K, asyncio.Task[V]] = {}

    async def do(self, key: K, work: Callable[[], Awaitable[V]]) -> V:
        """Run `work`, or wait for the run that is under way."""
        return await asyncio.shield(self.begin(key, work))

    def begin(self, key: K, work: Callable[[], Awaitable[V]]) -> "asyncio.Task[V]":
        """Start the work (or find it started) and return its task. Wait for it behind `asyncio.shield`."""
        task = self._running.get(key)
        if task is None:
            task = asyncio.ensure_future(_run(work))
            self._running[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        return task

    def _finished(self, key: K, task: "asyncio.Task[V]") -> None:
        if self._running.get(key) is task:
            del self._running[key]
        if not task.cancelled():
            task.exception()  # seen, even when nobody waits any more

    async def close(self) -> None:
        """End what is under way."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(work: Callable[[], Awaitable[V]]) -> V:
    return await work()


class Memory(Generic[K, V]):
    """The values used last, as long as their weights together stay within a bound."""

    def __init__(self, bound: int, weight: Callable[[V], int] = lambda _value: 1) -> None:
        self._bound = bound
        self._weigh = weight
        self._values: OrderedDict[K, V] = OrderedDict()
        self.weight = 0

    def get(self, key: K) -> V | None:
        """Return a value and remember that it was used."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value; the ones used longest ago make room."""
        self.drop(key)
        self._values[key] = value
        self.weight += self._weigh(value)
        while self.weight > self._bound and len(self._values) > 1:
            _, old = self._values.popitem(last=False)
            self.weight -= self._weigh(old)

    def drop(self, key: K) -> None:
        """Forget a value."""
        old = self._values.pop(key, None)
        if old is not None:
            self.weight -= self._weigh(old)

    def values(self) -> list[V]:
        """Return all values, the one used longest ago first."""
        return list(self._values.values())

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._values)
