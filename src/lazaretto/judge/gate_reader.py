"""Tables of a policy file, read key by key: each wrong one is an error that says what, where and what to write.

`Table` hands out typed values and remembers what was asked for; `done` refuses the rest. Where a key stands in the
text is looked up only for an error (`line_of`): `tomllib` does not tell.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import NoReturn

from lazaretto.judge.gate_subject import Subject, SubjectError, read_subject
from lazaretto.judge.gate_terms import Action
from lazaretto.model.text import N_, Message, Phrase

Place = tuple[str | int, ...]
"""Keys, and numbers from 1 for the entries of arrays of tables."""

_DURATION = re.compile(r"(\d{1,6})\s?([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"([^"]*)"|'([^']*)'""")


class PolicyError(Exception):
    """A policy file is wrong: what, where, and what to write instead."""

    def __init__(self, message: Message, key: str = "", line: int = 0) -> None:
        """Keep what is for the user. `line` is 0 when it is not known."""
        self.message = message
        self.key = key
        """As one would write it: `teams.web.age.minimum`, `deny[2].reason`."""
        self.line = line
        super().__init__(f"line {line}: {message.english()}" if line else message.english())


@dataclass(slots=True)
class Table:
    """One table of the file."""

    text: str
    """The whole file, for the line of an error."""
    values: Mapping[str, object]
    place: Place = ()
    asked: list[str] = field(default_factory=list)

    def fail(self, key: str, template: str, **params: object) -> NoReturn:
        """Raise the error of one key; an empty key is the table itself."""
        place = (*self.place, key) if key else self.place
        name = spelled(place)
        raise PolicyError(Message.of(template, {"key": name, **params}), name, line_of(self.text, place))

    def wrong(self, key: str, value: object, fix: str) -> NoReturn:
        """Raise the error of a value that is not what belongs there. `fix` is what to write, marked with `N_`."""
        shown = json.dumps(value, default=str, ensure_ascii=False)
        self.fail(key, N_("{key} is {value}; write {fix}"), value=shown[:80], fix=Phrase(fix))

    def get(self, key: str) -> object:
        """Return the raw value; None when it is not there."""
        self.asked.append(key)
        return self.values.get(key)

    def done(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self.values:
            if key in self.asked:
                continue
            if close := get_close_matches(key.replace("_", "-").lower(), self.asked, n=1, cutoff=0.6):
                self.fail(key, N_("{key} is unknown; did you mean {names}?"), names=close[0])
            self.fail(key, N_("{key} is unknown; what may stand here: {names}"), names=", ".join(sorted(self.asked)))

    def table(self, key: str) -> "Table":
        """Return a table; an empty one when it is not there."""
        value = self.get(key)
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            self.wrong(key, value, N_("a table, [name] on a line of its own"))
        return Table(self.text, value, (*self.place, key))

    def tables(self, key: str) -> list["Table"]:
        """Return the entries of an array of tables."""
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self.wrong(key, value, N_("a list of tables, [[name]] before each of them"))
        return [Table(self.text, one, (*self.place, key, number)) for number, one in enumerate(value, 1)]

    def words(self, key: str, default: str = "", *, needed: bool = False) -> str:
        """Return a text."""
        value = self.get(key)
        if value is None and not needed:
            return default
        if value is None:
            self.fail(key, N_("{key} is missing; write a text"))
        if not isinstance(value, str) or (needed and not value.strip()) or len(value) > 2000:
            self.wrong(key, value, N_("a text between quotation marks"))
        return value.strip()

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(key, value, N_("true or false, without quotation marks"))
        return value

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """Return a whole number within bounds."""
        value = self.get(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            template = N_("{key} is {value}; write a whole number from {low} to {high}")
            self.fail(key, template, value=json.dumps(value, default=str)[:80], low=low, high=high)
        return value

    def choice(self, key: str, default: str, names: Sequence[str]) -> str:
        """Return one of some words."""
        value = self.get(key)
        if value is None:
            return default
        if not isinstance(value, str) or value not in names:
            template = N_("{key} is {value}; write one of {names}")
            self.fail(key, template, value=json.dumps(value, default=str)[:80], names=", ".join(names))
        return value

    def action(self, key: str, default: Action, least: Action) -> Action:
        """Return an action, not weaker than `least`."""
        words = [one.word for one in Action if one >= least]
        return Action[self.choice(key, default.word, words).upper()]

    def duration(self, key: str, default: timedelta) -> timedelta:
        """Return a duration. A number without a unit is an error: clients do not agree on what it would mean."""
        value = self.get(key)
        if value is None:
            return default
        match = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if value in ("0", 0) and not isinstance(value, bool):
            return timedelta()
        if match is None:
            self.wrong(key, value, N_('a text with a unit: "30m", "72h", "14d" or "2w"'))
        return timedelta(**{_UNITS[match[2]]: int(match[1])})

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of texts; one text alone is a list of one."""
        value = self.get(key)
        if value is None:
            return default
        many = [value] if isinstance(value, str) else value
        if not isinstance(many, list) or not all(isinstance(one, str) and one.strip() for one in many):
            self.wrong(key, value, N_('a list of texts: ["one", "two"]'))
        return tuple(one.strip() for one in many)

    def subjects(
        self, key: str, default: tuple[Subject, ...] = (), *, digests: bool = True, ranges: bool = True
    ) -> tuple[Subject, ...]:
        """Return a list of subjects."""
        if key not in self.values:
            self.asked.append(key)
            return default
        return tuple(self.subject(key, text, digests=digests, ranges=ranges) for text in self.texts(key))

    def subject(self, key: str, text: str, *, digests: bool = True, ranges: bool = True) -> Subject:
        """Read one subject."""
        try:
            subject = read_subject(text)
        except SubjectError as error:
            self.fail(key, N_("{key} holds {value}; write {fix}"), value=json.dumps(text)[:80], fix=Phrase(error))
        if (subject.digest and not digests) or (subject.versions and not ranges):
            self.wrong(key, text, N_("a name without a version: npm:NAME, npm:@SCOPE/*, pypi:NAME"))
        return subject

    def moment(self, key: str, *, end: bool) -> datetime | None:
        """Return a moment; a day alone counts from its beginning, or to its end (UTC)."""
        given = value = self.get(key)
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
            except ValueError:
                value = given
        if value is None:
            return None
        if not isinstance(value, date) or (isinstance(value, datetime) and value.tzinfo is None):
            self.wrong(key, given, N_("a day, 2027-01-31, or a moment, 2027-01-31T12:00:00Z"))
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.combine(value, time(23, 59, 59) if end else time(), UTC)


def spelled(place: Place) -> str:
    """Return a place as one would write it: `deny[2].reason`."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def line_of(text: str, place: Place) -> int:
    """Return the line of a key, else of the nearest table around it; 0 when there is none."""
    counts: dict[Place, int] = {}
    best, depth = 0, 0
    header: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        here: Place = ()
        if match := _HEADER.fullmatch(line):
            header = _entered(_parts(match[2]), counts)
            if match[1] == "[[":
                counts[header] = counts.get(header, 0) + 1
                header = (*header, counts[header])
            here = header
        elif match := _KEY.match(line):
            here = (*header, *_parts(match[1]))
        if here and here == place[: len(here)] and len(here) > depth:
            best, depth = number, len(here)
    return best


def _parts(text: str) -> Place:
    return tuple(match[1] or match[2] or match[0] for match in _PART.finditer(text))


def _entered(parts: Iterable[str | int], counts: Mapping[Place, int]) -> Place:
    """Put the number of the current entry behind every part that names an array of tables, but the last."""
    parts = tuple(parts)
    place: Place = ()
    for at, part in enumerate(parts):
        place = (*place, part)
        if at < len(parts) - 1 and place in counts:
            place = (*place, counts[place])
    return place
