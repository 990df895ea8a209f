"""The embedded packs as facts of a feed, so that a store holds the same campaigns with the same sources."""

from collections.abc import Iterator
from dataclasses import replace

from lazaretto.intel.pack import packs
from lazaretto.model.intel import Entity, Facts, Pack, Trust

FEED = "lazaretto"
"""Name of the feed."""
TITLE = "Lazaretto's own campaigns"


def seeds() -> Iterator[Facts]:
    """Yield the facts of each pack."""
    for pack in packs():
        yield facts_of(pack)


def facts_of(pack: Pack) -> Facts:
    """Turn one pack into facts; what has no date of its own has that of its source."""
    dates = {reference.key: reference.date for reference in pack.references}
    return Facts(
        packages=tuple(replace(record, date=record.date or dates.get(record.source, "")) for record in pack.packages),
        indicators=tuple(replace(one, last_seen=one.last_seen or dates.get(one.source, "")) for one in pack.indicators),
        entities=(entity_of(pack),),
        references=pack.references,
    )


def entity_of(pack: Pack) -> Entity:
    """Return a pack's campaign as the store keeps it."""
    campaign = pack.campaign
    return Entity(
        kind="campaign",
        id=campaign.id,
        name=campaign.name,
        aliases=campaign.aliases,
        description=campaign.description,
        actor=campaign.actor,
        techniques=campaign.techniques,
        ecosystems=campaign.ecosystems,
        fronts=campaign.fronts,
        references=tuple(reference.key for reference in pack.references),
        source=FEED,
        trust=Trust.HIGH,
        first_seen=campaign.first_seen,
        last_seen=campaign.last_seen,
    )
