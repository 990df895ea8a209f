"""Threat intelligence as values: campaigns, what they are known by, and where that is written.

    Pack
    |-- Campaign        a named activity, with its actor as reported
    |-- Reference ...   the sources, by key
    |-- PackageRecord ...  packages of the campaign
    `-- Indicator ...   domains, addresses, digests, accounts, markers

Words follow STIX 2.1 (campaign, indicator, external reference); advisory ids are those of OSV.
Every fact names its source, so that a reader can weigh it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Trust(StrEnum):
    """How far a recorded fact is believed; the STIX `confidence` scale in three words."""

    LOW = "low"
    """Pivoted or unverified: for hunting, never for a verdict."""
    MEDIUM = "medium"
    """One feed or a report about a report."""
    HIGH = "high"
    """Read in the researcher's own text or data."""


class Coverage(StrEnum):
    """Which versions of a recorded package are malicious."""

    ALL = "all"
    """Every version: the record says so, or the name was made for the campaign and no version list exists."""
    LISTED = "listed"
    """The listed ones. Other versions of the name are the campaign's too, but not recorded as malicious."""
    HIJACKED = "hijacked"
    """The listed ones. All others belong to an innocent project."""
    WATCH = "watch"
    """None is shown to be malicious; the name stands in a campaign report."""


class Scope(StrEnum):
    """What must be the same for an indicator to match."""

    HOST = "host"
    """The host or any host below it."""
    EXACT = "exact"
    """Exactly this value; for shared services the exact host of the tenant, or host and path."""
    CONTEXT = "context"
    """The value in its proper surroundings: an account inside an address, a line at the end of a licence."""
    HUNT = "hunt"
    """Too common to be looked for in files; kept for hunting on a machine."""
    TARGET = "target"
    """Not the attacker's: what the attacker steals from."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A STIX external reference."""

    key: str
    url: str
    date: str
    """ISO date, perhaps only year and month."""
    title: str
    kind: str
    """`primary`, `secondary`, `feed` or `cited` (quoted by another, not read)."""


@dataclass(frozen=True, slots=True)
class Front:
    """A company that exists, or pretends to, for the campaign's sake."""

    name: str
    domains: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A named activity. Attribution is reported speech."""

    id: str
    name: str
    aliases: tuple[str, ...]
    actor: str
    """As the source puts it; `unknown` when nobody says."""
    first_seen: str
    last_seen: str
    ecosystems: tuple[str, ...]
    techniques: tuple[str, ...]
    """ATT&CK ids."""
    description: str
    """Two sentences of our own."""
    fronts: tuple[Front, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageRecord:
    """One package name of a campaign."""

    ecosystem: str
    """Package URL type."""
    name: str
    """Canonical name in its ecosystem."""
    coverage: Coverage
    source: str
    """Key of a `Reference`."""
    trust: Trust
    versions: tuple[str, ...] = ()
    """Malicious versions; with `Coverage.ALL` merely those that somebody confirmed."""
    advisory: str = ""
    """OSV id."""
    date: str = ""
    """ISO date of the advisory, else of the source."""
    campaign: str = ""
    """Campaign id; filled when a pack is loaded."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One value that a campaign is known by."""

    kind: str
    """`domain`, `ipv4`, `ipv4-port`, `url`, `sha256`, `md5`, `github-account`, `npm-account`, `wallet`,
    `browser-extension`, `marker`, `file-name`, `file-path`, `url-path`, `repository-name`, `user-agent`,
    `registry-key`."""
    value: str
    scope: Scope
    source: str
    trust: Trust
    role: str = ""
    """What it does in the campaign: `c2`, `lure`, ..."""
    via: str = ""
    """Whom the source names as its own source."""
    campaign: str = ""
    """Campaign id; filled when a pack is loaded."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything recorded about one campaign."""

    schema: str
    generated: str
    licence: str
    campaign: Campaign
    references: tuple[Reference, ...]
    packages: tuple[PackageRecord, ...]
    indicators: tuple[Indicator, ...]
