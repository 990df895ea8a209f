"""What the `intel` commands answer."""

from dataclasses import dataclass
from enum import StrEnum

from lazaretto.model.finding import Finding, Gap
from lazaretto.model.intel import Entity, Indicator, PackageRecord, Reference, Relation, Sighting
from lazaretto.model.text import Message


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What an update did with one feed."""

    feed: str
    title: str = ""
    documents: int = 0
    facts: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    withdrawn: int = 0
    """Of the facts read, those that their author took back."""
    skipped: int = 0
    """Statements that are none of our business."""
    rejected: tuple[str, ...] = ()
    """Why statements could not be taken over: the first reasons. Untrusted text."""
    rejections: int = 0
    unreadable: tuple[str, ...] = ()
    """Documents that could not be read: the first ones, with reasons. Untrusted text."""
    unreadables: int = 0
    notes: tuple[Message, ...] = ()
    problem: Message | None = None
    """Why nothing of the feed was taken over."""
    hint: Message | None = None

    @property
    def complete(self) -> bool:
        """True when everything that was asked for could be read."""
        return self.problem is None and not self.unreadables


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed as the store knows it."""

    name: str
    title: str
    licence: str
    address: str
    first_read: str
    last_read: str
    newest: str
    """Newest date in the feed itself."""
    state: str = "{}"
    packages: int = 0
    indicators: int = 0
    entities: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class StoreState:
    """The store as a whole."""

    place: str
    exists: bool
    size: int = 0
    """Bytes; 0 when a server keeps it."""
    feeds: tuple[FeedState, ...] = ()
    embedded: str = ""
    """Date of the embedded campaigns."""
    notes: tuple[Message, ...] = ()


class Word(StrEnum):
    """What is known of one package, in a word."""

    MALICIOUS = "malicious"
    NAMED = "named"
    """The name is listed, this version is not."""
    CLEAN = "clean"
    """No live record speaks against it. Not a proof of safety."""


@dataclass(frozen=True, slots=True)
class PackageAnswer:
    """What is recorded of one package."""

    asked: str
    """As the user wrote it, or the package URL of an entry of a document."""
    word: Word
    finding: Finding | None
    records: tuple[PackageRecord, ...] = ()
    """Everything recorded under the name, withdrawn and expired records included."""
    notes: tuple[Message, ...] = ()
    """What else a reader should know: a record that was withdrawn, other versions that are recorded."""


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """The answer of `intel match`."""

    answers: tuple[PackageAnswer, ...]
    packages: int
    """Packages that were looked up."""
    gaps: tuple[Gap, ...] = ()
    date: str = ""
    """Day of the newest intelligence that was asked."""
    store: str = ""
    """Where the store lies; empty = only what is embedded was asked."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One campaign of a list."""

    entity: Entity
    packages: int
    indicators: int


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything recorded under one word."""

    word: str
    entities: tuple[Entity, ...] = ()
    packages: tuple[PackageRecord, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    relations: tuple[Relation, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    references: tuple[Reference, ...] = ()
    now: str = ""
    """The moment of asking, for what has expired."""

    @property
    def empty(self) -> bool:
        """True when nothing is recorded."""
        return not (self.entities or self.packages or self.indicators or self.sightings)
