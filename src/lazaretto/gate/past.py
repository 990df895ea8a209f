"""What was asked for lately, as the policy saw it: for "what would another policy have done?". Uses kept documents."""

import asyncio
from collections import defaultdict
from datetime import datetime

from lazaretto.adapters.gate_store.decisions import Page, Query
from lazaretto.adapters.gate_upstream import UpstreamError
from lazaretto.gate.keeper import Keeper
from lazaretto.gate.refusal import Refusal
from lazaretto.gate.tables import Knowledge
from lazaretto.judge.gate_simulate import Past
from lazaretto.model.gate import Candidate

PAGE = 2000
MOST = 200_000
"""Decisions that are looked at."""


async def past(keeper: Keeper, since: datetime) -> tuple[list[Past], int]:
    """Return each file that was decided on since a moment, once, with what is known of it; and how many are gone.

    Nothing is fetched beyond what the keeper fetches for pages (an offline one: nothing at all).
    """
    asked: dict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
    after, count = "", 0
    while count < MOST:
        page = await asyncio.to_thread(_page, keeper, since, after)
        for one in page.decisions:
            ecosystem, name = _project(one.purl)
            asked[ecosystem, name].setdefault(one.filename, one.at)
        count += len(page.decisions)
        after = page.after
        if not after:
            break
    found: list[Past] = []
    lost = 0
    for (ecosystem, name), files in asked.items():
        try:
            table = await keeper.table(ecosystem, name, "")
        except (Refusal, UpstreamError):
            lost += len(files)
            continue
        wanted: tuple[Candidate, ...] = tuple(table.candidates[file] for file in files if file in table.candidates)
        lost += len(files) - len(wanted)
        known_of = await asyncio.to_thread(Knowledge, keeper.rules, wanted, keeper.now())
        found += [(one, known_of(one), files[one.filename]) for one in wanted]
    return found, lost


def _page(keeper: Keeper, since: datetime, after: str) -> Page:
    return keeper.backend.store.decisions(Query(since=since), limit=PAGE, after=after)


def _project(purl: str) -> tuple[str, str]:
    from packageurl import PackageURL

    parsed = PackageURL.from_string(purl)
    return parsed.type, f"{parsed.namespace}/{parsed.name}" if parsed.namespace else parsed.name
