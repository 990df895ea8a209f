"""A gate in a thread of its own, for a program that has something else to do in its main one (`gate exec`, tests)."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lazaretto.gate.server import Running, serving
from lazaretto.gate.settings import Settings

STARTING = 60.0
"""Seconds."""


@contextmanager
def in_background(settings: Settings) -> Iterator[Running]:
    """Start a gate and stop it when the block ends; everything that was decided is written by then.

    Raises:
        OSError, StoreError, PolicyError: it cannot be started.
    """
    started: list[Running | BaseException] = []
    ready, stop = threading.Event(), threading.Event()

    async def run() -> None:
        async with serving(settings) as running:
            started.append(running)
            ready.set()
            await asyncio.to_thread(stop.wait)

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - raised where the block began
            started.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=work, name="lazaretto-gate", daemon=True)
    thread.start()
    if not ready.wait(STARTING):
        raise TimeoutError("the gate did not start")
    if isinstance(started[0], BaseException):
        raise started[0]
    try:
        yield started[0]
    finally:
        stop.set()
        thread.join(STARTING)
