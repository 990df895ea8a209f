"""A brief as values: sections of sentences that know their facts, before any language or format.

Brief
|-- Section ...       id, heading, sentences in order
|   `-- Sentence      template, parameters, fact ids, sources; perhaps a command
|-- Rating            the severity and the marks that gave it
|-- indicators, techniques, references, tags
"""

from dataclasses import dataclass

from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Indicator, Reference
from lazaretto.model.text import Message
from lazaretto.reports.brief.severity import Rating


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. Both languages are made from it."""

    message: Message
    facts: tuple[str, ...]
    """Ids of what it states: `graphalgo/campaign.first_seen`, `graphalgo/packages.npm`, `graphalgo/trait.imitation`."""
    sources: tuple[str, ...] = ()
    """Keys of references, the most telling first. Empty = it follows from facts counted here."""
    command: str = ""
    """A command line to type."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of prose or a numbered list."""

    id: str
    """`overview`, `judgements`, `analysis`, `impact`, `recommendations`, `gaps`."""
    title: str
    """Marked with `N_`."""
    sentences: tuple[Sentence, ...]
    form: str = "prose"
    """`prose`, `list`, `steps`."""


@dataclass(frozen=True, slots=True)
class TechniqueRow:
    """One line of the ATT&CK table."""

    id: str
    name: str
    tactics: str
    old: tuple[str, ...] = ()
    """Ids that the current one replaces, and the id under which it was recorded, when that is an old one."""


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that a renderer prints."""

    facts: CampaignFacts
    made: str
    """ISO date."""
    rating: Rating
    sections: tuple[Section, ...]
    indicators: tuple[Indicator, ...]
    techniques: tuple[TechniqueRow, ...]
    attack: str
    """Version of ATT&CK."""
    references: tuple[Reference, ...]
    """In the order of their numbers."""
    tags: tuple[str, ...]
    tlp: str = "CLEAR"

    @property
    def name(self) -> str:
        """The campaign's name."""
        return self.facts.campaign.name

    def number(self, key: str) -> int:
        """Return the number of a reference; 0 when it is not listed."""
        return next((number for number, reference in enumerate(self.references, 1) if reference.key == key), 0)
