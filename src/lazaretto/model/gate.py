"""The registry firewall's words: what a registry offers, what is known of it, what the gate rules.

    Listing                 a project, as its registry describes it
    `-- Candidate ...       one file of one version: npm has one for a version, PyPI many
    Known                   what this side knows of a candidate: intelligence, examination, when it was first seen
    Ruling                  what the policy says of it; pages and downloads both obey the same ruling

Nothing is guessed: a fact that the registry did not tell is None or empty, and no clause reads it as innocence.
Times are timezone-aware.
"""

from dataclasses import dataclass, field
from datetime import datetime

from lazaretto.model.intel import PackageRecord
from lazaretto.model.purl import purl
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade, Outcome


@dataclass(frozen=True, slots=True)
class Listing:
    """One project of one registry."""

    ecosystem: str
    """`npm` or `pypi`."""
    name: str
    """Canonical."""
    first_published: datetime | None = None
    """Of the oldest file that is still there (or the registry's own `created`)."""
    versions: int = 0
    status: str = "active"
    """PEP 792: `active`, `archived`, `quarantined`, `deprecated`."""
    upstream: str = ""
    """Id of the upstream that it came from."""
    private: bool = False
    """The upstream is one of the user's own, for internal names."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file that a registry offers."""

    listing: Listing
    version: str
    filename: str
    url: str = ""
    """Where the upstream serves it."""
    digests: tuple[tuple[str, str], ...] = ()
    """(algorithm, lower-case hex): `sha256` at PyPI; `sha512` and `sha1` at npm (from `integrity` and `shasum`)."""
    size: int | None = None
    """Bytes."""
    published: datetime | None = None
    scripts: tuple[str, ...] = ()
    """Names of lifecycle scripts that an installation runs (npm)."""
    builds: bool = False
    """Installing it runs a build: a source distribution of a version without wheels, native code of npm."""
    yanked: str | None = None
    """PEP 592: the reason, perhaps empty; None = not yanked."""
    deprecated: str = ""
    provenance: bool | None = None
    """An attestation says where it was built; None = not told."""
    provenance_before: bool | None = None
    """Did any earlier version have one?"""
    publisher: str = ""
    publisher_before: str = ""
    licence: str = ""
    """SPDX expression or free text; empty = not told."""

    @property
    def purl(self) -> str:
        """The package URL without qualifiers."""
        return purl(self.listing.ecosystem, self.listing.name, self.version)

    @property
    def key(self) -> str:
        """The strongest digest as `algorithm:hex`; empty when the registry tells none."""
        told = dict(self.digests)
        return next((f"{name}:{told[name]}" for name in ("sha512", "sha256", "sha1") if name in told), "")


@dataclass(frozen=True, slots=True)
class Examined:
    """The answer of a static examination of one file's bytes."""

    sha256: str
    grade: Grade
    score: float
    complete: bool
    """False: something in it could not be examined."""
    rules: tuple[str, ...]
    """Ids of the rules that gave the grade, strongest first."""
    summary: Message
    """The strongest reason, or why it is incomplete."""
    engine: str
    """Digest of the program that examined it: another one examines again."""
    at: datetime
    failed: bool = False
    """The examination gave no answer (time, memory, not an archive)."""
    name: str = ""
    """Name and version that the archive says of itself; empty = it says none."""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's decision that lifts clauses for a while: a waiver of the policy file, or given to a running gate."""

    id: str
    subject: str
    """`ecosystem:name`, `ecosystem:name@version` or range, `sha256:HEX`; `*` globs in names."""
    clauses: tuple[str, ...]
    """Clause ids that it lifts; empty = all that may be waived."""
    reason: str
    owner: str
    expires: datetime
    team: str = ""
    """Only for this team; empty = all."""
    approved_by: str = ""
    created: datetime | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What this side knows of one candidate."""

    records: tuple[PackageRecord, ...] = ()
    """Live records of the intelligence store and the packs under its name."""
    examined: Examined | None = None
    """None = not examined yet."""
    first_seen: datetime | None = None
    """When this gate first saw the file; the clock for files without a date."""
    bad_digest: str = ""
    """What intelligence says of one of its digests; empty = nothing."""
    fixes: str = ""
    """Id of an advisory that this version fixes; empty = none is known."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One clause that a candidate meets."""

    clause: str
    outcome: Outcome
    """What the clause asks for; a waiver, a mode or a team may have softened what is done."""
    message: Message
    until: datetime | None = None
    """When it ends by itself."""
    warn: bool = False
    """Only to be told."""
    waived: str = ""
    """Id of the approval that lifts it."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the policy says of one candidate. The hit that decided comes first."""

    outcome: Outcome
    hits: tuple[Hit, ...] = ()
    examine: bool = False
    """Allowed so far, but its bytes must be examined before it is served."""
    would: Outcome = Outcome.ALLOW
    """What `enforce` would do; differs from `outcome` in the modes `warn` and `observe` and under approvals."""

    @property
    def clause(self) -> str:
        """Id of the clause that decided; empty when it is allowed."""
        return self.hits[0].clause if self.hits and self.outcome > Outcome.ALLOW else ""

    @property
    def message(self) -> Message | None:
        """Why it is refused; None when it is allowed."""
        return self.hits[0].message if self.hits and self.outcome > Outcome.ALLOW else None

    @property
    def until(self) -> datetime | None:
        """When the refusal ends by itself; None = never, or it is allowed."""
        return self.hits[0].until if self.hits and self.outcome > Outcome.ALLOW else None


@dataclass(frozen=True, slots=True)
class Decided:
    """One line of the decision log."""

    at: datetime
    request: str
    """Id of the request."""
    case: str
    """Short id that clients print: the same subject, clause and policy give the same case."""
    client: str
    """What the client calls itself (its user agent's first word). Untrusted."""
    team: str
    kind: str
    """`page`, `file`, `metadata`, `exec`; `hidden`: left out of a page, nobody asked for it by itself."""
    purl: str
    filename: str
    digest: str
    outcome: Outcome
    would: Outcome
    clause: str
    message: Message | None = None
    until: datetime | None = None
    epoch: int = 0
    warnings: tuple[Message, ...] = field(default=())
