"""Findings and gaps: what an examination saw, and what it could not see.

    Examination
    |-- findings: Finding ...   facts with a place
    |-- gaps:     Gap ...       what was not examined, and why
    `-- coverage: Coverage      how much was looked at

Words follow SARIF 2.1.0 (location, rule) and ATT&CK (technique ids).
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from lazaretto.model.text import Message


class Severity(IntEnum):
    """How bad it is if the finding is what it looks like. Bands are those of `docs/verdict.md`."""

    LOW = 1
    """Context. Never raises a grade by itself."""
    MEDIUM = 2
    """Worth a person's minute."""
    HIGH = 3
    """Harms who runs it."""
    CRITICAL = 4
    """A complete attack, or a known one."""


class Confidence(IntEnum):
    """How sure the rule is that the finding is what it looks like."""

    LOW = 1
    """Often innocent."""
    MEDIUM = 2
    """Seldom innocent."""
    HIGH = 3
    """No innocent explanation is known."""


class Phase(StrEnum):
    """When the thing happens to the victim, earliest first."""

    OPEN = "open"
    """The folder is opened in an editor, or a git command is run in it."""
    INSTALL = "install"
    BUILD = "build"
    IMPORT = "import"
    RUN = "run"
    OFFER = "offer"


class Role(StrEnum):
    """The part that a finding plays in an attack chain; stories are made of roles."""

    TRIGGER = "trigger"
    """Starts something without being asked."""
    FETCH = "fetch"
    """Brings content from elsewhere."""
    EXECUTE = "execute"
    """Runs content as code, or starts a process."""
    COLLECT = "collect"
    """Reads secrets, wallets, keys, the environment."""
    SEND = "send"
    """Sends data away."""
    CONCEAL = "conceal"
    """Hides what it does."""
    IDENTITY = "identity"
    """Pretends to be something else."""
    KNOWN = "known"
    """Recorded in threat intelligence."""
    STORY = "story"
    """Several findings that belong together."""


class Stage(StrEnum):
    """Where in the pipeline a gap arose."""

    READ = "read"
    UNPACK = "unpack"
    PARSE = "parse"
    RULE = "rule"
    LIMIT = "limit"
    INVENTORY = "inventory"
    NETWORK = "network"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in the subject."""

    path: str
    """Relative to the subject, `/` separated; a member of an archive is `outer.zip!/inner/file`."""
    line: int = 1
    """First line, counted from 1."""
    column: int = 1
    """First column, counted from 1, in characters."""
    end_line: int = 0
    """Last line; 0 = the same line."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact with a place. It never says what to do about it: that is the policy's part."""

    rule: str
    """Rule id, kebab-case with a family: `js/remote-code-executed`. Never reused."""
    subject: str
    """What was examined: a path, a purl."""
    severity: Severity
    confidence: Confidence
    locations: tuple[Location, ...]
    """At least one; the first is primary."""
    message: Message
    techniques: tuple[str, ...] = ()
    """ATT&CK technique ids, the most telling first."""
    excerpt: str = ""
    """A short quotation (at most 200 characters). Untrusted text."""
    phase: Phase = Phase.RUN
    role: Role = Role.EXECUTE
    related: tuple[str, ...] = ()
    """For a story: the rule ids it is made of, in the order of the chain."""
    layers: tuple[str, ...] = ()
    """For something seen in decoded content: the decodings that led to it, outermost first (`base64`, `zlib`). The
    location is that of the hidden content in the file, the excerpt is decoded text. Empty = seen in plain text."""


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Something that was not examined, or not wholly, and why."""

    stage: Stage
    subject: str
    """Path or purl that was not examined."""
    reason: Message
    partial: bool = False
    """True for a remark: one rule, one view, one entry of a document. False when content was left unread; the
    verdict is then incomplete."""


@dataclass(frozen=True, slots=True, order=True)
class Signal:
    """A neutral fact about one file that another file's examination needs (an import, a variable's use).

    Signals are not shown. They let rules over the whole project join what one file alone cannot tell.
    The kinds are listed in `docs/signals.md`.
    """

    kind: str
    value: str
    path: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the subject was looked at."""

    files: int = 0
    """Files seen."""
    examined: int = 0
    """Files whose content was read by at least one rule or reader."""
    bytes: int = 0
    """Bytes read."""
    packages: int = 0
    """Packages in the inventory."""
    cached: int = 0
    """Files whose result came from the cache."""
    not_checked: tuple[Message, ...] = ()
    """What this kind of check never looks at (for instance registry metadata when offline)."""


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that is known about one subject."""

    subject: str
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
