"""What the intelligence store adds to a hunt: all names and indicators that it knows.

A quarter of a million names are held as names only; records are looked up for traces, one at a time, by every worker
with a connection of its own.
"""

import os
from collections.abc import Sequence
from datetime import datetime

from lazaretto.adapters.store.place import StoreError, place
from lazaretto.adapters.store.reader import Reader, reading
from lazaretto.app.library import missing
from lazaretto.intel.seed import FEED
from lazaretto.intel.standing import iso_now, live
from lazaretto.intel.wanted import Key
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.intel import Indicator, PackageRecord
from lazaretto.model.text import N_, Message

INDICATORS = 100_000
"""Indicators of the store that a hunt looks for at once."""


class StoreRecords:
    """Look-ups in the store, from whichever process asks."""

    def __init__(self, setting: str, now: datetime) -> None:
        """`setting` is as `LAZARETTO_STORE`; empty = the environment."""
        self._setting, self._now = setting, iso_now(now)
        self._reader: Reader | None = None
        self._process = 0

    def everything(self) -> tuple[list[Key], Sequence[Indicator], list[Gap], str]:
        """Return all names, the live indicators, gaps, and the day of the newest record; nothing without a store."""
        try:
            where = place(self._setting)
            if where is None or not where.exists:
                return [], (), missing(where), ""
            reader = self._open()
            if reader is None:
                return [], (), [], ""
            gaps = []
            indicators = live((one for one in reader.all_indicators(INDICATORS + 1) if one.feed != FEED), self._now)
            if len(indicators) > INDICATORS:
                text = N_("the store has more indicators than a hunt holds: the first {n} were looked for")
                gaps.append(Gap(Stage.LIMIT, where.shown, Message.of(text, {"n": INDICATORS})))
            return reader.names(FEED), indicators[:INDICATORS], gaps, reader.newest()
        except StoreError as error:
            return [], (), [Gap(Stage.INVENTORY, "LAZARETTO_STORE", error.message)], ""
        finally:
            self.close()

    def __call__(self, key: Key) -> Sequence[PackageRecord]:
        """Return the live records of one name, the packs' copies left out."""
        reader = self._open()
        if reader is None:
            return ()
        found = reader.packages([key]).get(key, [])
        return live((record for record in found if record.feed != FEED), self._now)

    def close(self) -> None:
        """Let the store go, so that no connection is inherited by a worker."""
        if self._reader is not None and self._process == os.getpid():
            self._reader.close()
        self._reader = None

    def _open(self) -> Reader | None:
        if self._reader is None or self._process != os.getpid():
            self._reader, self._process = reading(place(self._setting)), os.getpid()
        return self._reader
