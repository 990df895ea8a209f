"""Streams of other sensors: their records, a line each, become observations of our own.

    line --Stream.feed--> Observed | Lost ...
    end of input, or a quiet moment --Stream.flush--> what was waiting for more lines

A stream opens nothing: who reads the file, the pipe or the socket is somebody else. It keeps a little state (records
that belong together, programs already told), all of it bounded. No line is dropped in silence: what is not understood,
and what has no place in our model, is counted by kind in `Stream.tally` and becomes gaps.
"""

import posixpath
import re
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, Protocol, TypeAlias

import msgspec

from lazaretto.model.finding import Gap, Stage
from lazaretto.model.host import Lost, Observed
from lazaretto.model.text import N_, Message

Seen: TypeAlias = Observed | Lost

LONGEST_LINE: Final = 1 << 20
"""Bytes of a line."""
LONGEST_TEXT: Final = 32 << 10
"""Characters of one text."""
MOST_WORDS: Final = 4_096
"""Words of a command."""
MOST_KINDS: Final = 64
"""Kinds of records that are counted by name; the others count as `other`."""
MOST_PROGRAMS: Final = 20_000
"""Running programs that are remembered as told."""
RUNNING: Final = "running"
"""`Observed.detail` of an exec that was not seen: the program ran already when something else was seen of it."""

_SHELLS: Final = frozenset({"sh", "bash", "dash", "zsh", "ksh"})
_CODE_OPTIONS: Final = {"-c": ("python",), "-e": ("node", "nodejs", "perl", "ruby"), "-p": ("node", "nodejs")}
_SHELL_CODE: Final = re.compile(r"-[a-zA-Z]{0,5}c")


class Stream(Protocol):
    """What whoever reads lines asks of a stream."""

    id: ClassVar[str]
    """`falco`, `auditd`, ...; also `Observed.sensor`."""
    title: ClassVar[str]
    """What it reads, for `doctor`."""
    product: ClassVar[str]
    """`linux`, `macos`, or empty when the records do not tell."""
    blind: ClassVar[tuple[str, ...]]
    """What it cannot see (kinds of `model.host.Kind`), however it is set up."""
    tally: "Tally"

    def feed(self, line: bytes) -> Iterable[Seen]:
        """Return what a line tells, or completes. Never raises for what a line holds."""
        ...

    def flush(self) -> Iterable[Seen]:
        """Return what waited for lines that did not come."""
        ...


class UnreadError(Exception):
    """A record is not understood; the text names its kind in few words."""


class Tally:
    """Counts of lines, of records that were not understood, and of those that have no place in our model."""

    def __init__(self) -> None:
        self.lines = 0
        self.unread: Counter[str] = Counter()
        self.aside: Counter[str] = Counter()

    def count(self, counter: Counter[str], kind: str) -> None:
        """Count one record; `kind` may come from the stream."""
        name = kind[:60]
        counter[name if name in counter or len(counter) < MOST_KINDS else "other"] += 1

    def gaps(self, stream: str) -> tuple[Gap, ...]:
        """Return what was not understood (a gap), and what was left aside (a remark)."""
        return (
            *self._gap(stream, self.unread, N_("{count} records were not understood: {kinds}"), partial=False),
            *self._gap(stream, self.aside, N_("{count} records tell nothing that is watched: {kinds}"), partial=True),
        )

    def _gap(self, stream: str, counter: Counter[str], template: str, *, partial: bool) -> Iterator[Gap]:
        if counter:
            kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(counter.items())[:12])
            reason = Message.of(template, {"count": counter.total(), "kinds": kinds})
            yield Gap(Stage.PARSE, stream, reason, partial)


class Lines:
    """Base of streams: counts, bounds and forgives, so that `records` may raise."""

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    product: ClassVar[str] = "linux"
    blind: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.tally = Tally()
        self._told: OrderedDict[int, str] = OrderedDict()

    def feed(self, line: bytes) -> tuple[Seen, ...]:
        """Return what a line tells, or completes."""
        line = line.strip()
        if not line:
            return ()
        self.tally.lines += 1
        if len(line) > LONGEST_LINE:
            self.tally.count(self.tally.unread, "line too long")
            return ()
        try:
            return tuple(self.records(line))
        except UnreadError as error:
            self.tally.count(self.tally.unread, str(error))
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError, RecursionError):
            # A record of another shape than its makers say. One is counted; all are, if the format has changed.
            self.tally.count(self.tally.unread, "shape of a record")
        return ()

    def flush(self) -> tuple[Seen, ...]:
        """Nothing waits, unless a stream says so."""
        return ()

    def records(self, line: bytes) -> Iterable[Seen]:
        """Return what a line tells.

        Raises:
            UnreadError: what kind of record is not understood.
        """
        raise NotImplementedError

    def leave(self, kind: str) -> tuple[Seen, ...]:
        """Count a record that is understood and tells nothing of ours."""
        self.tally.count(self.tally.aside, kind)
        return ()

    def program(self, seen: Observed) -> tuple[Observed, ...]:
        """Return an exec, and remember that it was told."""
        self._told[seen.pid] = seen.path
        self._told.move_to_end(seen.pid)
        while len(self._told) > MOST_PROGRAMS:
            self._told.popitem(last=False)
        return (seen,)

    def by(self, actor: Observed, seen: Observed) -> tuple[Observed, ...]:
        """Return what a program did; before it the program itself, when this stream did not tell it before."""
        if not actor.pid or not actor.path or self._told.get(actor.pid) == actor.path:
            return (seen,)
        return (*self.program(actor), seen)

    def ended(self, seen: Observed) -> tuple[Observed, ...]:
        """Return an exit, and forget the program."""
        self._told.pop(seen.pid, None)
        return (seen,)


def json_object(line: bytes) -> dict[str, Any]:
    """Return a line's object.

    Raises:
        UnreadError: not JSON, or no object.
    """
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadError("not JSON") from error
    if not isinstance(found, dict):
        raise UnreadError("not an object")
    return found


def inner(value: object, *path: str) -> dict[str, Any]:
    """Return the object at a path of keys; empty when it is not there."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """Return a text, bounded; empty for everything that is none, and for `<NA>`, `-`, `(null)`."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    found = str(value)[:LONGEST_TEXT]
    return "" if found in ("<NA>", "-", "(null)", "(none)") else found


def whole(value: object, otherwise: int = 0) -> int:
    """Return a whole number that a record gives as number or text."""
    if isinstance(value, bool):
        return otherwise
    if isinstance(value, int):
        return value if -(1 << 63) <= value < 1 << 64 else otherwise
    if isinstance(value, float) and value == int(value):
        return int(value)
    if isinstance(value, str) and len(value) < 24:
        try:
            return int(value)
        except ValueError:
            return otherwise
    return otherwise


def moment(value: object) -> float:
    """Return Unix time of `2023-10-06T22:03:57.700327580Z`, of `2021-11-23 14:06:07.116`, or 0."""
    if not isinstance(value, str) or len(value) > 60:
        return 0.0
    try:
        found = datetime.fromisoformat(value.strip().replace(" UTC", "Z"))
    except ValueError:
        return 0.0
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def words(value: object) -> tuple[str, ...]:
    """Return the words of a list."""
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
        return ()
    return tuple(str(word)[:LONGEST_TEXT] for word in value[:MOST_WORDS] if isinstance(word, (str, int, float)))


def command(line: str) -> tuple[str, ...]:
    """Return the words of a command line that was joined with blanks; joined again it is the same text.

    Where the words ended is lost. What follows `sh -c` or `node -e` is taken as one word: it nearly always is.
    """
    found = line.split(" ", MOST_WORDS)
    name = posixpath.basename(found[0]).rstrip(".0123456789")
    for at, word in enumerate(found[1:6], 1):
        if name in _CODE_OPTIONS.get(word, ()) or (name in _SHELLS and _SHELL_CODE.fullmatch(word)):
            return (*found[: at + 1], " ".join(found[at + 1 :])) if len(found) > at + 1 else tuple(found)
        if not word.startswith("-"):
            break
    return tuple(found) if line else ()


def address(host: str, port: object) -> str:
    """Return `host:port`, `[v6]:port`."""
    number = whole(port)
    return f"[{host}]:{number}" if ":" in host else f"{host}:{number}"


def named(fields: Mapping[str, object], *names: str) -> str:
    """Return the first text that one of the fields has."""
    for name in names:
        if found := text(fields.get(name)):
            return found
    return ""
