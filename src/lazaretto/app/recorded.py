"""Campaign facts from the embedded packs and the store together; and the store as a keeper of packs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from lazaretto.adapters.store.place import StoreError, place
from lazaretto.app.library import Library
from lazaretto.intel.facts import Embedded
from lazaretto.intel.seed import facts_of
from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Campaign, Entity, Indicator, Pack, PackageRecord, Trust
from lazaretto.model.text import N_

FEED = "reports"
TITLE = "Reports that were read with intel learn"

R = TypeVar("R", PackageRecord, Indicator)


class Recorded:
    """A `FactSource` over the packs and the store."""

    def __init__(self, setting: str, now: datetime) -> None:
        """`setting` is as `LAZARETTO_STORE`; empty = the environment."""
        self.setting, self.now = setting, now

    def names(self) -> tuple[str, ...]:
        """Return the ids of all campaigns.

        Raises:
            StoreError: a store is there and cannot be read.
        """
        with Library(self.setting, self.now) as library:
            return tuple(dict.fromkeys(one.entity.id for one in library.campaigns()))

    def facts(self, name: str) -> CampaignFacts | None:
        """Return a campaign by id, name or alias, live facts only; None when it is not recorded.

        Raises:
            StoreError: a store is there and cannot be read.
        """
        embedded = Embedded().facts(name)
        with Library(self.setting, self.now) as library:
            shown = library.show(embedded.campaign.id if embedded else name)
            day = library.date
        if not shown.entities:
            return embedded
        campaign = embedded.campaign if embedded else _campaign(shown.entities[0])
        return CampaignFacts(
            campaign,
            shown.references,
            _live(shown.packages, shown.now),
            _live(shown.indicators, shown.now),
            day[:10],
            embedded.licence if embedded else "",
        )


class StoreSink:
    """Keeps a pack's facts in the store, in a feed of their own; what is there stays."""

    def __init__(self, setting: str, now: datetime) -> None:
        """`setting` is as `LAZARETTO_STORE`; empty = the environment."""
        self.setting, self.now = setting, now

    def add(self, pack: Pack) -> str:
        """Keep the facts and return the store's place.

        Raises:
            StoreError: the store is switched off, cannot be written, or an update is running.
        """
        from lazaretto.adapters.store.writer import writing

        where = place(self.setting)
        if where is None:
            raise StoreError(N_("the store is switched off by LAZARETTO_STORE"), exit_kind="usage")
        facts = facts_of(pack)
        source = pack.references[0].key if pack.references else FEED
        entities = tuple(replace(entity, source=source, trust=Trust.MEDIUM) for entity in facts.entities)
        known = Embedded().facts(pack.campaign.id) is not None
        with writing(where, self.now) as writer:
            feed = writer.feed(FEED, TITLE)
            feed.add(replace(facts, entities=() if known else entities))
            feed.finish()
            feed.describe("{}")
        return where.shown


def _campaign(entity: Entity) -> Campaign:
    return Campaign(
        entity.id, entity.name, entity.aliases, entity.actor or "unknown", entity.first_seen[:10],
        entity.last_seen[:10], entity.ecosystems, entity.techniques, entity.description, entity.fronts,
    )  # fmt: skip


def _live(records: Iterable[R], now: str) -> tuple[R, ...]:
    return tuple(one for one in records if not one.withdrawn and not (one.expires and one.expires <= now))
