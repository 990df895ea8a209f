"""Threat intelligence as values: campaigns, what they are known by, and where that is written.

    Pack
    |-- Campaign        a named activity, with its actor as reported
    |-- Reference ...   the sources, by key
    |-- PackageRecord ...  packages of the campaign
    `-- Indicator ...   domains, addresses, digests, accounts, markers

    Facts               what one document of a feed says
    |-- PackageRecord ..., Indicator ..., Reference ...
    |-- Entity ...      campaign, intrusion-set, malware, report, ... as the store keeps them
    |-- Relation ...    "uses", "attributed-to", ... between them
    `-- Sighting ...    where and when something was seen

Words follow STIX 2.1 (campaign, indicator, sighting, external reference, TLP marking); advisory ids are those of OSV.
Every fact names its source, so that a reader can weigh it. Dates are ISO 8601 in UTC, perhaps only year and month;
an empty one is not known.
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
    STATED = "stated"
    """Exactly the listed versions and spans; the record says nothing about the others (an advisory's plain word)."""
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


class Tlp(StrEnum):
    """Traffic light protocol 2.0: to whom a fact may be passed on."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of versions: the `events` of an OSV range, one pair of them."""

    introduced: str = "0"
    """First malicious version; `0` = from the very first."""
    fixed: str = ""
    """First version that is not malicious any more; empty = no such version is known."""
    last: str = ""
    """Last malicious version (`last_affected`), when the record says it that way."""

    @property
    def everything(self) -> bool:
        """True when no version is left out."""
        return self.introduced == "0" and not self.fixed and not self.last


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
    """Campaign id; filled when a pack is loaded. Empty = the record names no campaign."""
    spans: tuple[Span, ...] = ()
    """Malicious stretches, besides `versions`."""
    feed: str = ""
    """Which feed brought it; empty for the embedded packs."""
    first_seen: str = ""
    last_seen: str = ""
    read: str = ""
    """When this wording of the fact was first read from the feed."""
    expires: str = ""
    """From then on the fact is history and matches nothing; empty = it does not expire."""
    withdrawn: str = ""
    """When its author took it back; a withdrawn fact matches nothing."""
    tlp: Tlp = Tlp.CLEAR

    @property
    def everything(self) -> bool:
        """True when the record itself says that every version is malicious (not merely nobody listed any)."""
        return self.coverage is Coverage.ALL and (bool(self.advisory) or any(span.everything for span in self.spans))


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
    feed: str = ""
    """Which feed brought it; empty for the embedded packs."""
    first_seen: str = ""
    last_seen: str = ""
    read: str = ""
    """When this wording of the fact was first read from the feed."""
    expires: str = ""
    """From then on the fact is history and matches nothing; empty = it does not expire."""
    withdrawn: str = ""
    """When its author took it back; a withdrawn fact matches nothing."""
    tlp: Tlp = Tlp.CLEAR


@dataclass(frozen=True, slots=True)
class Entity:
    """A STIX domain object: who or what a fact is about."""

    kind: str
    """`campaign`, `intrusion-set`, `threat-actor`, `malware`, `tool`, `report`, `identity`, `attack-pattern`, ..."""
    id: str
    """STIX id, or the feed's own; unique within the feed."""
    name: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    actor: str = ""
    """As the source puts it."""
    techniques: tuple[str, ...] = ()
    ecosystems: tuple[str, ...] = ()
    fronts: tuple[Front, ...] = ()
    references: tuple[str, ...] = ()
    """Keys of `Reference`, or plain addresses."""
    source: str = ""
    trust: Trust = Trust.MEDIUM
    feed: str = ""
    """Which feed brought it; empty for the embedded packs."""
    first_seen: str = ""
    last_seen: str = ""
    read: str = ""
    """When this wording of the fact was first read from the feed."""
    expires: str = ""
    """From then on the fact is history and matches nothing; empty = it does not expire."""
    withdrawn: str = ""
    """When its author took it back; a withdrawn fact matches nothing."""
    tlp: Tlp = Tlp.CLEAR


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A STIX relationship between two entities, or an entity and an indicator, by their ids."""

    source: str
    kind: str
    """`uses`, `attributed-to`, `indicates`, ..."""
    target: str


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """A STIX sighting: something was seen."""

    id: str
    of: str
    """Id of the entity, or value of the indicator."""
    first_seen: str = ""
    last_seen: str = ""
    count: int = 1
    where: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one document of a feed says."""

    packages: tuple[PackageRecord, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    references: tuple[Reference, ...] = ()
    rejected: tuple[str, ...] = ()
    """What could not be taken over, a short English reason each. Untrusted text may be in it."""
    skipped: int = 0
    """Statements that are none of our business (vulnerabilities, rules for other tools)."""


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
