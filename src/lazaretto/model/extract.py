"""What was read out of a report: values with their places, before anybody confirmed them.

    Extraction
    |-- Extracted ...   one value: kind, where it stands, how sure, and why it is (not) taken for an indicator
    `-- skipped ...     what could not be read (bounds)

Kinds are those of `model.intel.Indicator`, and those that only reports have: `package`, `technique`, `cve`, `email`,
`sha1`, `sha512`, `ipv6`, `github-repository`, `telegram`, `discord`.
"""

from dataclasses import dataclass
from enum import StrEnum

from lazaretto.model.intel import Trust


class Standing(StrEnum):
    """What a report does with a value. Only `INDICATOR` values are proposed for keeping."""

    INDICATOR = "indicator"
    CONTEXT = "context"
    """Vulnerabilities and techniques: facts about the campaign, nothing to look for."""
    SHARED = "shared"
    """A service that everybody uses; it says nothing by itself."""
    REFERENCE = "reference"
    """A source: in a list of references, a footnote, a link of the publisher."""
    LIVE = "live"
    """Written plainly in a report that defangs its indicators: something to visit, not to block."""
    BENIGN = "benign"
    """Named as the genuine one: what is imitated, what to update to."""
    POSSIBLE = "possible"
    """Perhaps a package: the words do not say it clearly. Shown, kept only by whoever asks for it."""
    LOCAL = "local"
    """A private, reserved or documentation address."""
    INVALID = "invalid"
    """Its own checksum, or the table of known ids, says that it is none."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """One value that a report names. All texts are untrusted."""

    kind: str
    value: str
    """Refanged and normalised: hosts and digests in lower case, packages as package URL."""
    raw: str
    """As the report writes it."""
    start: int
    """Offset into the document's text, in characters: first place."""
    end: int
    line: int
    """Line of the document's text, from 1."""
    standing: Standing
    confidence: Trust
    defanged: bool = False
    shared: bool = False
    """Lies on a service that everybody uses; only the exact value means anything."""
    host: str = ""
    """For addresses with a host."""
    port: int = 0
    name: str = ""
    """For packages."""
    version: str = ""
    ecosystem: str = ""
    network: str = ""
    """For wallets: `bitcoin`, `ethereum`, ..."""
    snippet: str = ""
    """The words around it, one line."""
    places: tuple[int, ...] = ()
    """Offsets of all places, in order."""
    heading: str = ""
    """The heading it stands under."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read out of one report."""

    title: str
    language: str
    """`ko`, `en`: which script prevails."""
    items: tuple[Extracted, ...]
    characters: int
    """Length of the text that was read."""
    publisher: str = ""
    """Registrable domain of whoever published it, when the document says so."""
    date: str = ""
    """ISO date that the document gives for itself; empty = none found."""
    bounds: tuple[str, ...] = ()
    """Limits that were reached: what lies behind was not read."""

    @property
    def indicators(self) -> tuple[Extracted, ...]:
        """What is proposed for keeping."""
        return tuple(item for item in self.items if item.standing in (Standing.INDICATOR, Standing.CONTEXT))
