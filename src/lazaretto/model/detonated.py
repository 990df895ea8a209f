"""One answer of `run`: what the static examination and the sandbox saw together."""

from dataclasses import dataclass

from lazaretto.model.behaviour import Record
from lazaretto.model.report import Checked
from lazaretto.model.text import Message


@dataclass(frozen=True, slots=True)
class Ran:
    """One command and what it did."""

    command: tuple[str, ...]
    record: Record
    output: str = ""
    """The begin of what it wrote. Hostile."""
    title: Message | None = None
    """What the command is, when it does not say it by itself: an editor task, a git hook."""


@dataclass(frozen=True, slots=True)
class Detonated:
    """One answer of `run`."""

    checked: Checked
    """Findings of both; `kind` is `run`."""
    ran: tuple[Ran, ...] = ()
