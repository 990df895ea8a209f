"""Decisions on their way to the log: refusals are written before the client hears them, the others within a moment.

While the store is away decisions wait in memory, up to a bound; beyond it nothing more is decided (503), because a
decision that nobody can look up later is none.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from lazaretto.gate.once import Memory
from lazaretto.gate.refusal import later
from lazaretto.model.gate import Decided
from lazaretto.model.verdict import Outcome

MOST = 100_000
"""Decisions that wait for a store that is away."""
KEPT = 10_000
PAUSE = 0.25
"""Seconds between two writes."""


@dataclass
class Recorder:
    """Writes decisions in order."""

    write: Callable[[list[Decided]], object]
    """Blocks; raises when the store is away."""
    trouble: Callable[[str], None]
    away: bool = False
    refused: list[Decided] = field(default_factory=list)
    """What this gate refused since it began, at most `KEPT`: `gate exec` tells it."""
    hidden: Memory[str, Decided] = field(default_factory=lambda: Memory(KEPT))
    """What pages withheld without being asked for it, by case: told when a command failed for no other reason."""
    passes: Memory[str, str] = field(default_factory=lambda: Memory(KEPT))
    """Refused purl -> the newest version of its project that passes; empty = none."""
    _waiting: list[Decided] = field(default_factory=list)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def record(self, decided: Decided) -> None:
        """Take a decision; a refusal is on disk when this returns, unless the store is away.

        Raises:
            Refusal: too many wait already.
        """
        if len(self._waiting) >= MOST:
            raise later("the decision log cannot be written; try again in a moment", 10)
        self._waiting.append(decided)
        if decided.kind == "hidden":
            self.hidden.put(decided.case, decided)
            return
        if decided.outcome > Outcome.ALLOW and len(self.refused) < KEPT:
            self.refused.append(decided)
        if decided.outcome > Outcome.ALLOW and not self.away:
            await self.flush()

    async def run(self) -> None:
        """Write what waits, again and again."""
        while True:
            await asyncio.sleep(PAUSE)
            if self._waiting:
                await self.flush()

    async def flush(self) -> None:
        """Write what waits. What cannot be written waits on."""
        async with self._lock:
            batch, self._waiting = self._waiting, []
            if not batch:
                return
            try:
                await asyncio.shield(asyncio.to_thread(self.write, batch))
            except Exception as error:  # noqa: BLE001 - whatever the store says, the decisions are not lost
                self._waiting[:0] = batch
                if not self.away:
                    self.trouble(f"decisions cannot be written, {len(batch)} wait: {error}")
                self.away = True
            else:
                self.away = False

    async def close(self) -> None:
        """Write the rest."""
        with contextlib.suppress(Exception):
            await self.flush()
