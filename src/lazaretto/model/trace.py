"""What a hunt finds: traces that packages and addresses left on a machine, and how far each says they came.

    Trace       one fact of one place: NAME@VERSION of WORLD stands here, which proves this rung
    Reason      why that package or value is sought
    Hit         both
    Looked      what became of one kind of place: looked at, not there, not looked at
    Hunted      the whole answer

The ladder: named -> resolved -> fetched -> installed -> executed -> infected. Each rung includes those below.
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from lazaretto.model.finding import Confidence, Gap
from lazaretto.model.purl import purl
from lazaretto.model.text import Message


class Rung(IntEnum):
    """How far something came on a machine."""

    NAMED = 1
    """A manifest, a command, a list asks for it or speaks of it."""
    RESOLVED = 2
    """A lockfile or a client's metadata holds it."""
    FETCHED = 3
    """A cache or a log shows that it was downloaded."""
    INSTALLED = 4
    """It lies, or lay, where programs load it from."""
    EXECUTED = 5
    """Logs, histories, trust entries or contacts show that it ran."""
    INFECTED = 6
    """What it leaves behind was found."""

    @property
    def word(self) -> str:
        """The rung in English, lower case: the word in JSON."""
        return self.name.lower()


PACKAGE_WORLDS = frozenset({
    "npm", "pypi", "golang", "terraform", "cargo", "gem", "composer", "conda", "maven", "nuget", "github", "generic",
    "vscode-extension",
})  # fmt: skip
"""Worlds whose names are packages; all other worlds are kinds of indicators (`domain`, `sha256`, `file-name`, ...)."""

FOLDER = "folder"
"""World of a trace that is no hit by itself: a folder that an editor trusted or opened."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One fact of one place."""

    world: str
    """Package URL type, `vscode-extension`, the kind of an indicator, or `FOLDER`."""
    name: str
    """Canonical name in its world; the value of an indicator. Untrusted."""
    version: str
    """Exact version; empty when the place does not tell."""
    rung: Rung
    place: str
    """Id of the kind of place."""
    path: str
    """Where, absolute. Untrusted; printable."""
    line: int = 0
    """From 1; 0 when the place has no lines."""
    at: str = ""
    """ISO 8601, UTC; empty when the place does not tell."""
    confidence: Confidence = Confidence.HIGH
    detail: Message = field(default_factory=lambda: Message(""))
    """What was seen. Parameters hold no secrets (`traces/redact.py`)."""
    requirement: str = ""
    """What a manifest asks for when it is not an exact version."""
    locked: bool = False
    """For a requirement: a lockfile beside it says which version was taken."""

    @property
    def what(self) -> str:
        """Package URL, or the value."""
        return purl(self.world, self.name, self.version) if self.world in PACKAGE_WORLDS else self.name


class Standing(StrEnum):
    """How a trace relates to what is sought."""

    RECORDED = "recorded"
    """This version, or every version, is recorded as malicious; this value is recorded."""
    ADMITTED = "admitted"
    """The range admits a recorded version."""
    NAME = "name"
    """The name is the campaign's; this version is not among those recorded, or the place gives none."""
    GIVEN = "given"
    """The user asked for it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is sought."""

    standing: Standing
    campaign: str = ""
    """Campaign id; empty for what the user gave."""
    source: str = ""
    """Title or advisory id, date, trust."""
    doubtful: bool = False
    """The record itself is of low trust."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A trace of something that is sought."""

    trace: Trace
    reason: Reason

    @property
    def key(self) -> tuple[object, ...]:
        """Order of reports: the highest rung first, then by package and place."""
        trace = self.trace
        return (-trace.rung, trace.world, trace.name, trace.version, trace.place, trace.path, trace.line, trace.at)


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of one kind of place."""

    place: str
    """Id."""
    count: int = 0
    """Files, folders, entries of this kind that were read."""
    absent: tuple[str, ...] = ()
    """Usual locations that do not exist."""
    asked: bool = True
    """False when the hunt did not go where such places are."""


@dataclass(frozen=True, slots=True)
class Hunted:
    """The answer of one hunt on one machine."""

    at: str
    """When it began: ISO 8601, UTC."""
    machine: str
    """Host name. Untrusted."""
    system: str
    """`linux`, `macos`, `windows`."""
    roots: tuple[str, ...]
    campaigns: tuple[str, ...]
    given: tuple[str, ...]
    """Indicators that the user named."""
    sought: int
    """Packages and values that were looked for."""
    intel: str
    """ISO date of the newest intelligence."""
    hits: tuple[Hit, ...] = ()
    looked: tuple[Looked, ...] = ()
    gaps: tuple[Gap, ...] = ()
    projects: int = 0
    folders: int = 0
    files: int = 0
    seconds: float = 0.0
    interrupted: bool = False
    limits: tuple[Message, ...] = field(default=())
    """What a hunt never looks at."""

    @property
    def rung(self) -> Rung | None:
        """The highest rung; None without a hit."""
        return max((hit.trace.rung for hit in self.hits), default=None)

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for was looked at."""
        return not self.interrupted and all(gap.partial for gap in self.gaps)
