"""All intelligence that can be asked: the embedded packs always, and the store when there is one.

The packs are newer than their copies in a store whenever the program is newer than the last update, so the copies are
passed over here. Everything is answered offline.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from lazaretto.adapters.store.place import Place, StoreError, place
from lazaretto.adapters.store.reader import Reader, reading
from lazaretto.intel.feeds.values import value_of
from lazaretto.intel.index import index
from lazaretto.intel.pack import newest_date, packs
from lazaretto.intel.packages import Key, Recorded, keys_of
from lazaretto.intel.seed import FEED, facts_of
from lazaretto.intel.standing import iso_now, live
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.intel import Entity, Indicator, PackageRecord, Reference
from lazaretto.model.intel_answer import Listed, Shown
from lazaretto.model.package import Package
from lazaretto.model.text import N_, Message

T = TypeVar("T")

CAMPAIGNS = ("campaign", "intrusion-set", "threat-actor")
"""Kinds of entities that a list of campaigns shows."""


class Library:
    """The embedded packs and the store. Use as a context manager."""

    def __init__(self, setting: str, now: datetime) -> None:
        """Open what `setting` (as `LAZARETTO_STORE`) says; empty = the environment.

        Raises:
            StoreError: a store is there and cannot be read.
        """
        self.now = iso_now(now)
        self.place: Place | None = place(setting)
        self._reader: Reader | None = reading(self.place)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reader is not None:
            self._reader.close()

    @property
    def store(self) -> str:
        """Where the store lies; empty when there is none."""
        return self.place.shown if self.place is not None and self._reader is not None else ""

    @property
    def date(self) -> str:
        """Day of the newest intelligence."""
        return max(newest_date(), self._reader.newest() if self._reader is not None else "")

    def recorded(self, packages: Iterable[Package]) -> dict[Key, list[PackageRecord]]:
        """Return what the store records of these packages, history included, the packs' copies left out."""
        if self._reader is None:
            return {}
        found = self._reader.packages(key for package in packages for key in keys_of(package))
        own = {key: [record for record in records if record.feed != FEED] for key, records in found.items()}
        return {key: records for key, records in own.items() if records}

    def campaigns(self) -> list[Listed]:
        """Return all campaigns and actors, by name."""
        listed = [
            Listed(entity, len(facts.packages), len(facts.indicators))
            for facts in map(facts_of, packs())
            for entity in facts.entities
        ]
        if self._reader is not None:
            counts = self._reader.campaign_counts()
            listed += [
                Listed(entity, *counts.get(entity.id, (0, 0)))
                for entity in self._reader.entities(CAMPAIGNS)
                if entity.feed != FEED
            ]
        return sorted(listed, key=lambda one: (one.entity.name.casefold(), one.entity.feed))

    def show(self, word: str) -> Shown:
        """Return everything recorded under a campaign's name, an indicator's value, an advisory's id."""
        shown = self._embedded(word)
        reader = self._reader
        if reader is not None:
            entities = [entity for entity in reader.entity(word) if entity.feed != FEED]
            ids = [entity.id for entity in entities] + [entity.id for entity in shown.entities]
            packages = [one for ident in dict.fromkeys(ids) for one in reader.packages_of(ident)]
            packages += reader.advisory(word)
            indicators = [one for ident in dict.fromkeys(ids) for one in reader.indicators_of(ident)]
            value = value_of(word)
            for text in dict.fromkeys((word, value[1] if value else word)):
                indicators += reader.indicators(text)
            relations = [one for ident in dict.fromkeys(ids) for one in reader.relations(ident)]
            sightings = [one for ident in dict.fromkeys((*ids, word)) for one in reader.sightings(ident)]
            shown = replace(
                shown,
                entities=(*shown.entities, *entities),
                packages=_unique((*shown.packages, *(one for one in packages if one.feed != FEED))),
                indicators=_unique((*shown.indicators, *(one for one in indicators if one.feed != FEED))),
                relations=_unique(relations),
                sightings=_unique(sightings),
            )
        return replace(shown, references=self._references(shown), now=self.now)

    def _embedded(self, word: str) -> Shown:
        wanted = word.casefold()
        value = value_of(word)
        spellings = {wanted, value[1].casefold()} if value else {wanted}
        entities: list[Entity] = []
        packages: list[PackageRecord] = []
        indicators: list[Indicator] = []
        for facts in map(facts_of, packs()):
            (entity,) = facts.entities
            names = (entity.id, entity.name, *entity.aliases)
            if wanted in (name.casefold() for name in names):
                entities.append(entity)
                packages += facts.packages
                indicators += facts.indicators
            else:
                packages += [one for one in facts.packages if one.advisory.casefold() == wanted]
                indicators += [one for one in facts.indicators if one.value.casefold() in spellings]
        return Shown(word, tuple(entities), tuple(packages), tuple(indicators))

    def _references(self, shown: Shown) -> tuple[Reference, ...]:
        keys = {one.source for one in shown.packages} | {one.source for one in shown.indicators}
        keys |= {key for entity in shown.entities for key in entity.references}
        known = {reference.key: reference for pack in packs() for reference in pack.references if reference.key in keys}
        if self._reader is not None:
            known = {**self._reader.references(sorted(keys)), **known}
        return tuple(sorted(known.values(), key=lambda one: one.key))


def embedded_records(package: Package) -> list[PackageRecord]:
    """Return what the packs record under a package's name."""
    known = index().packages
    return [record for key in keys_of(package) for record in known.get(key, ())]


def look_up(packages: Sequence[Package], setting: str, now: datetime) -> tuple[Recorded, list[Gap], str]:
    """Look packages up in the store: live records by key, what could not be looked up, the day of the newest answer.

    Without a store nothing is opened, and the embedded packs answer alone.
    """
    try:
        where = place(setting)
        if where is None or not where.exists:
            return {}, missing(where), newest_date()
        with Library(setting, now) as library:
            found = library.recorded(packages)
            return {key: live(records, library.now) for key, records in found.items()}, [], library.date
    except StoreError as error:
        return {}, [Gap(Stage.INVENTORY, "LAZARETTO_STORE", error.message)], newest_date()


def missing(where: Place | None) -> list[Gap]:
    """Return a gap when the user named a store and it is not there; without one, the packs are all there is to ask."""
    if where is None or where.exists or not where.chosen:
        return []
    text = N_("the store {place} is not there; only the embedded campaigns were asked")
    return [Gap(Stage.INVENTORY, "LAZARETTO_STORE", Message.of(text, {"place": where.shown}))]


def _unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
