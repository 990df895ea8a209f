"""What a gate and its examining workers say to each other. Apart, so that the gate does not load the whole engine."""

from datetime import UTC, datetime

import msgspec

from lazaretto.adapters.cache import program_digest
from lazaretto.model.gate import Examined
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade


class Request(msgspec.Struct, array_like=True):
    """One file to examine."""

    path: str
    """On this disk, under its own name: the name tells what kind of archive it is."""
    ecosystem: str
    sha256: str


class Answer(msgspec.Struct, array_like=True):
    """What was found."""

    examined: Examined
    seconds: float
    """Processor time."""


def failure(sha256: str, reason: Message) -> Examined:
    """Make the answer for a file whose examination ended without one."""
    return Examined(
        sha256, Grade.NOTHING_FOUND, 0.0, False, (), reason, program_digest(), datetime.now(UTC), failed=True
    )
