"""What a name server said, as values: whoever asks hands a `Lookup` to whoever wants to know.

Lookup("selector._domainkey.corp.test", "TXT") -> Answer
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Told(Enum):
    """How a question ended."""

    FOUND = "found"
    EMPTY = "empty"
    """The name exists and has no record of that type."""
    NO_NAME = "no name"
    """The name does not exist."""
    FAILED = "failed"
    """No answer, or one that says that the server has trouble."""
    NOT_ASKED = "not asked"
    """Offline, and no pinned answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    told: Told
    values: tuple[str, ...] = ()
    """TXT: the strings of a record joined, each byte one character (Latin-1). MX: `PREFERENCE HOST`. A, AAAA:
    addresses. NS, PTR, CNAME: host names without the final dot. Untrusted text."""


Lookup = Callable[[str, str], Answer]
"""(name without final dot, type in capitals) -> answer. Never raises."""


def not_asked(_name: str, _kind: str) -> Answer:
    """The lookup of an examination that asks nobody."""
    return Answer(Told.NOT_ASKED)


def pinned(records: dict[tuple[str, str], tuple[str, ...]], otherwise: Lookup = not_asked) -> Lookup:
    """Answer from given records, keys (name in lower case, type); all else is asked of `otherwise`."""

    def look(name: str, kind: str) -> Answer:
        found = records.get((name.lower().rstrip("."), kind))
        return Answer(Told.FOUND, found) if found else otherwise(name, kind)

    return look
