"""A mail as values: what was said, by whom, and what is known about whether that is true.

    Mail
    |-- headers         all of them, topmost first, decoded
    |-- hops            the `Received` headers among them
    |-- text, hidden    what a reader sees, and what a reader does not see
    |-- links           what they show, and where they lead
    |-- attachments
    |-- inner           mails inside (message/rfc822)
    `-- authentication  SPF, DKIM, DMARC, ARC; None = not looked at

Words follow RFC 5322 (mailbox, display name), RFC 8601 (authentication results).
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from lazaretto.model.finding import Gap


@dataclass(frozen=True, slots=True, order=True)
class Mailbox:
    """One address of a header."""

    name: str
    """Display name, decoded. Untrusted text; empty when there is none."""
    address: str
    """`local@domain`, as written; empty when the header holds none that can be read."""

    @property
    def domain(self) -> str:
        """The domain in lower case; empty when there is none."""
        return self.address.rpartition("@")[2].lower().rstrip(".") if "@" in self.address else ""


@dataclass(frozen=True, slots=True)
class Header:
    """One header field."""

    name: str
    """In lower case."""
    value: str
    """Unfolded and decoded; control characters are kept (a rule may want to see them)."""
    line: int = 1
    """Line of the file, from 1."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One `Received` header: a server tells from whom it took the message. Parts that it does not tell are empty."""

    helo: str = ""
    """The name by which the sending server called itself, lower case."""
    host: str = ""
    """The name that its address really has, lower case."""
    address: str = ""
    """IP address of the sending server."""
    by: str = ""
    """The receiving server, lower case."""
    at: datetime | None = None
    """Timezone-aware."""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a mail or a page."""

    text: str
    """What a reader sees; the address itself in plain text."""
    target: str
    """Where it leads."""
    line: int = 1
    """Line of the visible text in which it stands."""
    hidden: bool = False
    """True when the reader does not see it."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file."""

    name: str
    """As the mail names it. Untrusted; empty when it names none."""
    media_type: str
    """As the mail declares it, `application/zip`."""
    size: int
    """Bytes, decoded. Larger than `len(data)` when the content was not kept."""
    data: bytes = b""
    """Content, at most what the limits allow; empty when it was not kept."""
    sniffed: str = ""
    """What the first bytes are: `zip`, `pdf`, `exe`, `png`, `script`, `text`, ...; empty when not known."""
    encrypted: bool = False
    """True for an archive whose content is encrypted: no scanner on the way saw what is in it."""
    inline: bool = False
    """True for pictures and the like that belong to the text."""


@dataclass(frozen=True, slots=True)
class AuthResult:
    """What one method says of a mail."""

    method: str
    """`spf`, `dkim`, `dmarc`, `arc`."""
    result: str
    """`pass`, `fail`, `softfail`, `none`, `temperror`, `permerror`, ... (RFC 8601); `unknown` = cannot be
    told any more."""
    domain: str = ""
    """The domain that it is about: `d=`, the envelope's or HELO's, the header's."""
    aligned: bool | None = None
    """Whether that domain is the sender's (RFC 7489, section 3.1); None = does not apply, or cannot be told."""
    verified: bool = False
    """True: computed here. False: told by the receiver's `Authentication-Results` header."""
    server: str = ""
    """The `authserv-id` of the header that tells it."""
    note: str = ""
    """Short reason. Untrusted text when it is told by a header; English when computed here."""
    selector: str = ""
    """Of a DKIM signature: `s=`."""
    signed: bool = True
    """Of a DKIM signature: False when it does not cover `From` or the whole body, so that it proves less."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """Everything that is known about whether the sender's domain sent this mail."""

    results: tuple[AuthResult, ...] = ()
    trusted_header: bool = False
    """True when the results of the topmost `Authentication-Results` can be the receiver's own."""

    def of(self, method: str) -> tuple[AuthResult, ...]:
        """The results of one method, those computed here first."""
        found = [one for one in self.results if one.method == method]
        return tuple(sorted(found, key=lambda one: not one.verified))


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail."""

    sender: Mailbox = Mailbox("", "")
    """`From`, its first mailbox."""
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    subject: str = ""
    date: datetime | None = None
    """Timezone-aware; None when missing or unreadable."""
    headers: tuple[Header, ...] = ()
    text: str = ""
    """What a reader sees, lines separated by `\\n`. Normalised: NFC, zero-width characters taken out."""
    raw_text: str = ""
    """The same before it was normalised; empty when it is no different."""
    hidden: str = ""
    """Text that is in the mail and not to be seen (display:none, font-size:0, white on white, comments)."""
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    inner: "tuple[Mail, ...]" = ()
    authentication: Authentication | None = None
    """None = not looked at (no headers: pasted text)."""
    gaps: tuple[Gap, ...] = ()
    """What of it could not be read."""
    name: str = ""
    """The file that it was read from: `offer.eml`, `box.mbox!/3`; a mail inside is `offer.eml!/message-1`."""
    senders: tuple[Mailbox, ...] = ()
    """All mailboxes of all `From` headers; more than one is odd."""
    return_path: str = ""
    """The envelope's sender, as the receiver wrote it down; empty when not written or `<>`."""
    message_id: str = ""
    """Without angle brackets."""
    hops: tuple[Hop, ...] = ()
    """Newest first."""
    encoding: str = ""
    """The encoding in which its text was read, when that is not the declared one."""
    raw: bytes = field(default=b"", repr=False, compare=False)
    """The message as received, for its signatures; empty when there is no such thing (Outlook's own format)."""

    def line(self, name: str) -> int:
        """Return the line of the topmost header of that name (lower case); 1 when there is none."""
        return next((one.line for one in self.headers if one.name == name), 1)

    def header(self, name: str) -> str:
        """Return the topmost header of that name (lower case); empty when there is none."""
        return next((one.value for one in self.headers if one.name == name), "")


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """What registries and name servers say of one domain. None = not asked, or not told."""

    domain: str
    """Registrable domain, lower case, A-labels."""
    registered: date | None = None
    """RDAP `registration` event."""
    registrar: str = ""
    nameservers: tuple[str, ...] | None = None
    mx: tuple[str, ...] | None = None
    """Hosts; empty = the domain has none. A null MX (RFC 7505) is `(".",)`."""
    spf: str | None = None
    """The record; empty = none."""
    dmarc: str | None = None
    """`none`, `quarantine`, `reject`; empty = no record."""
    certificate_since: date | None = None
    """First certificate, when somebody told it."""
    parked: bool | None = None
    exists: bool | None = None
    """False: the registry says that nobody registered it."""
    gaps: tuple[Gap, ...] = ()
