"""A job offer as values: what the candidate has in hand. Facts and texts; no judgement.

    Case
    |-- texts        pasted chat, files, the visible text of mails, profile text: what somebody wrote
    |-- mails        the mails, with headers
    |-- claims       who they say they are (typed by the person, or read from options)
    |-- profile      the recruiter's profile, when it was given
    |-- repositories what git tells of a repository, its history
    |-- checked      what `check` found in repositories and attachments
    |-- answers      what the person answered
    |-- domains      what registries and name servers said (only when asked)
    `-- gaps         what could not be read

The offer is judged, never the person.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from lazaretto.model.finding import Finding, Gap
from lazaretto.model.mail import DomainFacts, Link, Mail
from lazaretto.model.report import Checked
from lazaretto.model.text import Message


class Channel(StrEnum):
    """Where a text comes from."""

    MAIL = "mail"
    CHAT = "chat"
    """Pasted text, an exported chat, a message of a network."""
    PAGE = "page"
    """A page or a document."""
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Text:
    """One text that somebody else wrote."""

    name: str
    """File name, or `-`. Where findings point to."""
    channel: Channel
    text: str
    """Lines separated by line feeds, as a reader sees them; normalised like `Mail.text`."""
    links: tuple[Link, ...] = ()
    """Links of a mail or a page, with their targets. Addresses in the text itself are found by the view."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who they say they are. Empty = not told."""

    company: str = ""
    domain: str = ""
    """The company's own domain, as the *candidate* knows it."""
    recruiter_email: str = ""
    recruiter: str = ""
    platform: str = ""
    """Where they wrote: `linkedin`, `telegram`, `kakaotalk`, `mail`, ..."""


@dataclass(frozen=True, slots=True)
class Employment:
    """One station of a profile."""

    company: str
    title: str = ""
    start: str = ""
    """ISO year or year and month; empty = not told."""
    end: str = ""
    """The same; `now` = to this day."""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A recruiter's profile: from a JSON export or from pasted text."""

    name: str = ""
    headline: str = ""
    place: str = ""
    languages: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    employments: tuple[Employment, ...] = ()
    years: int | None = None
    """Years of experience that it claims in words."""
    connections: int | None = None
    created: str = ""
    """ISO year and month in which the profile was made; empty = not told."""
    text: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, as git tells it: nothing of this is proven, both dates can be set."""

    id: str
    author: str
    """Mail address."""
    committer: str
    authored: datetime
    """With the zone that it was written with."""
    committed: datetime
    subject: str = ""
    parents: int = 1


@dataclass(frozen=True, slots=True)
class History:
    """What git tells of one repository."""

    name: str
    commits: tuple[Commit, ...] = ()
    """Newest first, at most as many as were read."""
    branches: int = 0
    complete: bool = True
    """False when there are more commits than were read, or the clone is shallow."""
    owner: str = ""
    """Account in the repository's address; empty when there is none."""


class Reply(StrEnum):
    """An answer of the person."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """Does not know, or was not asked."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person answered; each question can be skipped."""

    confirmed: Reply = Reply.UNKNOWN
    """The employer confirmed the offer through a contact that the candidate found alone."""
    on_careers_page: Reply = Reply.UNKNOWN
    """The role is on the company's own page."""
    spoke_live: Reply = Reply.UNKNOWN
    """A live talk with camera took place."""
    applied: Reply = Reply.UNKNOWN
    """The candidate had applied there."""
    badge: Reply = Reply.UNKNOWN
    """The network shows the workplace as verified."""
    new_profile: Reply = Reply.UNKNOWN
    """The profile is weeks old, doubled, or its photo is somebody else's."""
    browser_refused: Reply = Reply.UNKNOWN
    """They refused a test in the browser or by screen sharing."""
    already_ran: Reply = Reply.UNKNOWN
    """Something of theirs was opened, installed or run already."""


@dataclass(frozen=True, slots=True)
class Case:
    """One offer, everything in hand."""

    name: str
    texts: tuple[Text, ...] = ()
    mails: tuple[Mail, ...] = ()
    claims: Claims = Claims()
    profile: Profile | None = None
    histories: tuple[History, ...] = ()
    checked: tuple[Checked, ...] = ()
    answers: Answers = Answers()
    domains: tuple[DomainFacts, ...] = ()
    gaps: tuple[Gap, ...] = ()
    online: bool = False
    """Whether lookups were allowed."""


class OfferGrade(IntEnum):
    """What is said of an offer. The lowest grade is no proof of anything, and every surface says so."""

    NO_SIGN = 0
    """No known warning sign."""
    CONFIRM = 1
    """Confirm first."""
    STOP = 2

    @property
    def word(self) -> str:
        """The grade as JSON spells it: `no-known-sign`, `confirm-first`, `stop`."""
        return {0: "no-known-sign", 1: "confirm-first", 2: "stop"}[self.value]


@dataclass(frozen=True, slots=True)
class Reason:
    """One check that fired."""

    check: str
    """Id of the check: `M4`."""
    points: int
    hard: bool
    """Stops by itself."""
    finding: Finding


@dataclass(frozen=True, slots=True)
class Good:
    """Something that speaks for the offer. Good signs are forged: together they count little."""

    check: str
    points: int
    """Negative."""
    message: Message
    path: str = ""
    line: int = 0
    """0 = nowhere."""


@dataclass(frozen=True, slots=True)
class OfferVerdict:
    """The answer about one offer. Never a probability."""

    grade: OfferGrade
    points: int
    """Sum of the reasons less the capped good signs; at least 0."""
    reasons: tuple[Reason, ...]
    """Those that stop first, then by points."""
    good: tuple[Good, ...]
    possible: tuple[str, ...]
    """Checks that could be made with what was in hand."""
    missing: tuple[str, ...]
    """Checks that could not."""
    settles: tuple[str, ...]
    """Ids of checks whose "what would settle it" should be said, the most useful first."""
    complete: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """One answer of `offer`."""

    case: Case
    verdict: OfferVerdict
    gaps: tuple[Gap, ...] = ()
    version: str = ""
    intel_date: str = ""
    seconds: float = 0.0
    """Wall time. Left out of deterministic output."""
