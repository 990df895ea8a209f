"""What a sensor is: a source of observations that a loop can wait for.

    KIND = SensorKind(id="process-connector", missing=..., open=..., sees=..., blind=...)

`missing(host)` says why it cannot run here (None = it can); `open(host)` starts it. A sensor never blocks: `read`
returns what is there. A sensor that fails raises `SensorError` once, and is then taken out by the loop, which tells.
"""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from lazaretto.model.host import Lost, Observed
from lazaretto.model.text import Message


class SensorError(Exception):
    """A sensor cannot start or cannot go on. `message` is for the user."""

    def __init__(self, template: str, **params: object) -> None:
        """`template` is a message marked with `N_`."""
        self.message = Message.of(template, params)
        super().__init__(self.message.english())


@dataclass(slots=True)
class Host:
    """What sensors need to know of the computer and of the watcher."""

    decoys: tuple[str, ...] = ()
    """Paths of bait that lies in ordinary files."""
    bait_folders: tuple[str, ...] = ()
    """Folders that were made for it."""
    served: set[str] = field(default_factory=set)
    """Those that a file system of ours covers now: nobody else needs to watch bait in them."""
    watched: Callable[[], set[int]] = set
    """Processes that are in trees now."""
    busy: Callable[[], int] = int
    """0 = no tree, 1 = a tree, 2 = an installation or a build runs."""
    root: bool = field(default_factory=lambda: os.geteuid() == 0)
    offset: float = field(default_factory=lambda: time.time() - time.monotonic())
    """Unix time of the monotonic clock's zero, taken once: a clock that is set later moves nothing."""
    options: dict[str, str] = field(default_factory=dict)

    def now(self) -> float:
        """Return the Unix time by the monotonic clock."""
        return time.monotonic() + self.offset


class Sensor(Protocol):
    """A source of observations."""

    id: str

    def fileno(self) -> int:
        """Return a descriptor that is readable when there is something; -1 = ask `due`."""

    def due(self) -> float:
        """Return the monotonic time of the next `read`; infinity = when the descriptor is readable."""

    def read(self) -> Iterable[Observed | Lost]:
        """Return what was seen since the last time.

        Raises:
            SensorError: it cannot go on.
        """

    def close(self) -> None:
        """Let go of everything."""


@dataclass(frozen=True, slots=True)
class SensorKind:
    """A sensor that there is."""

    id: str
    title: str
    """Marked with `N_`."""
    requires: str
    """What it needs, marked with `N_`."""
    sees: str
    blind: str
    """What it cannot see, marked with `N_`."""
    missing: Callable[[Host], Message | None]
    """Why it cannot run here; None = it can. Cheap, and changes nothing."""
    open: Callable[[Host], Sensor]
    instead_of: tuple[str, ...] = ()
    """Sensors that are not needed when this one runs."""
