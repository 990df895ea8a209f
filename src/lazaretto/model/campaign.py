"""A campaign as a whole, as briefs and exports need it; and what the last hunt for it found.

CampaignFacts       everything recorded about one campaign, whichever store it comes from
ExposureSummary     the answer to "are we hit?", from the last hunt
"""

from dataclasses import dataclass

from lazaretto.model.intel import Campaign, Indicator, PackageRecord, Reference
from lazaretto.model.trace import Rung

__all__ = ["CampaignFacts", "Exposed", "ExposureSummary", "Rung"]


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """Everything recorded about one campaign."""

    campaign: Campaign
    references: tuple[Reference, ...] = ()
    packages: tuple[PackageRecord, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    read: str = ""
    """ISO date on which the facts were collected."""
    licence: str = ""

    def reference(self, key: str) -> Reference | None:
        """Return a source by its key."""
        return next((reference for reference in self.references if reference.key == key), None)


@dataclass(frozen=True, slots=True)
class Exposed:
    """One place of a hunt's answer."""

    rung: Rung
    place: str
    """Path. Untrusted text."""
    what: str
    """Package URL or indicator."""
    at: str = ""
    """ISO time; empty = not known."""


@dataclass(frozen=True, slots=True)
class ExposureSummary:
    """What the last hunt found. A brief without one says that no hunt was run."""

    at: str
    """ISO time of the hunt."""
    machines: int = 1
    projects: int = 0
    places: int = 0
    """Places looked at."""
    hits: tuple[Exposed, ...] = ()
    """The highest rungs first."""
    not_checked: tuple[str, ...] = ()
    """Places that could not be looked at. Untrusted text."""

    @property
    def rung(self) -> Rung | None:
        """The highest rung; None when nothing was found in what was looked at."""
        return max((hit.rung for hit in self.hits), default=None)
