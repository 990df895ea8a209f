"""Between sensors and engine: a bounded queue that lets the least important go first when it fills, and counts them."""

from collections import Counter, deque

from lazaretto.model.host import Kind, Lost, Observed

MOST = 50_000
_ADMITTED = {
    Kind.READ: 0.5,
    Kind.RESOLVE: 0.6,
    Kind.NAME: 0.6,
    Kind.DELETE: 0.6,
    Kind.WRITE: 0.7,
    Kind.LISTEN: 0.8,
    Kind.CONNECT: 0.9,
    Kind.FORK: 0.95,
}
"""How full the queue may be for a kind to be taken; the others are taken until it is full."""


class Intake:
    """The queue."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._queue: deque[Observed] = deque()
        self._shed: Counter[str] = Counter()
        self.highest = 0

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, seen: Observed) -> None:
        """Take an observation, or count it as left out."""
        if len(self._queue) >= _ADMITTED.get(seen.kind, 1.0) * self._most:
            self._shed[seen.kind.value] += 1
            return
        self._queue.append(seen)

    def take(self, most: int) -> list[Observed]:
        """Return the oldest observations, in order."""
        self.highest = max(self.highest, len(self._queue))
        return [self._queue.popleft() for _ in range(min(most, len(self._queue)))]

    def shed(self) -> list[Lost]:
        """Return what was left out since the last time, by kind."""
        found = [Lost(f"watch ({kind})", count, "shed") for kind, count in sorted(self._shed.items())]
        self._shed.clear()
        return found
