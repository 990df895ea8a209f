"""What a clause of the gate is made of.

A clause is prepared once for a listing (`prepare`), which gives the check for its candidates, or None when no
candidate of this listing can meet it. Checks are called thousands of times for one page: what is the same for all
candidates belongs into `prepare`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache

from lazaretto.judge.gate_subject import Subject
from lazaretto.judge.gate_terms import Action, Setting, TeamPolicy, Value, Waivable
from lazaretto.model.gate import Candidate, Hit, Known, Listing
from lazaretto.model.text import Message

Check = Callable[[Candidate, Known], Hit | None]


class Kind(Enum):
    """What a key of a clause holds."""

    ACTION = "action"
    DURATION = "duration"
    FLAG = "flag"
    SUBJECTS = "subjects"
    TEXTS = "texts"
    OVERRIDES = "overrides"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a clause's table."""

    name: str
    kind: Kind
    default: Value
    doc: str
    """One English sentence, for the page and the schema."""
    least: Action = Action.OBSERVE
    """For actions: the weakest that may be written."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is the same for all candidates of a listing."""

    team: TeamPolicy
    listing: Listing
    now: datetime
    internal: tuple[Subject, ...] = ()
    """Names that exist at private upstreams only."""


@dataclass(frozen=True, slots=True)
class GateClause:
    """One clause."""

    id: str
    title: str
    """Marked with `N_`."""
    action: Action
    """Default."""
    prepare: Callable[[Case, Setting], Check | None]
    alike: bool = False
    """The check is the same for every listing and at every moment: it is made once for a policy."""
    hard: bool = False
    """Looked at before the allow list, and in every mode."""
    waivable: Waivable = Waivable.YES
    settable: bool = True
    """False: no table of its own in the file."""
    private: bool = True
    """Default of `private`: does it look at packages of private upstreams?"""
    keys: tuple[Key, ...] = ()
    least: Action = Action.OFF
    """The weakest action that may be written."""


def hit(
    clause: str, action: Action, template: str, params: Mapping[str, object], until: datetime | None = None
) -> Hit | None:
    """Build a hit; None when the action is off."""
    if action is Action.OFF:
        return None
    # `Message.of` without its search for phrases, of which there are none: pages make thousands of these.
    said = Message(template, tuple(sorted([(key, str(value)) for key, value in params.items()])))
    return Hit(clause, action.outcome, said, until, warn=action is Action.WARN)


def params(candidate: Candidate, **more: object) -> dict[str, object]:
    """Return name and version, and what else a sentence wants."""
    return {"name": candidate.listing.name, "version": candidate.version, **more}


def moment(when: datetime) -> str:
    """Return a moment as sentences print it: UTC, to the minute, rounded up, so that it is never too early."""
    when = when.astimezone(UTC)
    if when.second or when.microsecond:
        when = later(when.replace(second=0, microsecond=0), timedelta(minutes=1))
    return f"{when.isoformat(' ')[:16]} UTC"


def day(when: datetime) -> str:
    """Return the day of a moment that has passed."""
    return when.astimezone(UTC).isoformat()[:10]


def later(when: datetime, length: timedelta) -> datetime:
    """Add a duration. A registry may tell the year 9999: what comes after the end of the calendar is its end."""
    try:
        return when + length
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


@lru_cache(maxsize=4096)
def span(length: timedelta) -> str:
    """Return a duration in days or hours (`3 d`, `72 h`), as the file spells it."""
    hours = length.total_seconds() / 3600
    if hours >= 24 and hours % 24 == 0:
        return f"{hours / 24:g} d"
    return f"{hours:g} h"
