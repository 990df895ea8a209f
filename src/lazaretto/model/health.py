"""What works on this machine: one value for each part of the program."""

from dataclasses import dataclass
from enum import StrEnum

from lazaretto.model.text import Message


class State(StrEnum):
    """How much of it works."""

    WORKS = "works"
    PARTLY = "partly"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Health:
    """One part."""

    part: str
    """The command, as it is typed."""
    state: State
    what: Message
    """What it is, or what is wrong."""
    cures: tuple[Message, ...] = ()
    """What to do, one line each."""
