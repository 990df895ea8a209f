"""Campaign facts from the embedded packs. A store takes this place by offering the same two functions."""

from typing import Protocol

from lazaretto.intel.pack import packs
from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Pack


class FactSource(Protocol):
    """Whoever knows campaigns."""

    def names(self) -> tuple[str, ...]:
        """Return the ids of all campaigns."""

    def facts(self, name: str) -> CampaignFacts | None:
        """Return a campaign by id, name or alias, in any spelling; None when it is not recorded."""


class Embedded:
    """The packs that come with the program."""

    def names(self) -> tuple[str, ...]:
        """Return the ids of all campaigns."""
        return tuple(pack.campaign.id for pack in packs())

    def facts(self, name: str) -> CampaignFacts | None:
        """Return a campaign by id, name or alias; an alias of several gives the first."""
        wanted = _key(name)
        for pack in packs():
            if wanted == _key(pack.campaign.id):
                return of_pack(pack)
        named = (pack for pack in packs() if wanted in map(_key, (pack.campaign.name, *pack.campaign.aliases)))
        found = next(named, None)
        return of_pack(found) if found else None


def of_pack(pack: Pack) -> CampaignFacts:
    """Return a pack's facts."""
    return CampaignFacts(pack.campaign, pack.references, pack.packages, pack.indicators, pack.generated, pack.licence)


def _key(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
