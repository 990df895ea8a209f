"""What work in the sandbox changed in a project: one value for each file that is not as it was."""

from dataclasses import dataclass
from enum import StrEnum

from lazaretto.model.text import Message


class Kind(StrEnum):
    """What happened to a file."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"
    LINK = "link"
    """A symbolic link, new or changed."""
    SPECIAL = "special"
    """A device, pipe or socket: never copied."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file."""

    path: str
    """Relative to the project, `/` separated. Hostile."""
    kind: Kind
    size: int = 0
    executable: bool = False
    why: tuple[Message, ...] = ()
    """Why it is copied only when the person names it; empty = an ordinary file."""


@dataclass(frozen=True, slots=True)
class Review:
    """One change as a person reviews it."""

    change: Change
    before: bytes | None
    """Its begin; None = there was none, or it is no text worth reading."""
    after: bytes | None
