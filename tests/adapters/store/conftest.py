from datetime import UTC, datetime

import pytest

from lazaretto.adapters.store.place import Place
from lazaretto.adapters.store.writer import writing
from lazaretto.model.intel import Coverage, Facts, PackageRecord, Span, Trust

NOW = datetime(2099, 6, 15, 12, tzinfo=UTC)


def package(name, *versions, number=1, **more):
    given = {"advisory": f"MAL-2099-{number}", "coverage": Coverage.STATED, "ecosystem": "npm", **more}
    return PackageRecord(name=name, versions=versions, source="", trust=Trust.HIGH, **given)


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "data" / "intel.sqlite3")


@pytest.fixture
def ingest(place):
    """Write facts into a feed -> counts."""

    def call(*facts, feed="osv", now=NOW, where=None, **finish):
        with writing(where or place, now) as writer:
            into = writer.feed(feed, "A feed", "CC0")
            for one in facts:
                into.add(one if isinstance(one, Facts) else Facts(packages=(one,)))
            counts = into.finish(**finish)
            into.describe("{}")
        return counts

    return call


EVERYTHING = Span("0")
