"""The answer about an offer as blocks for whoever sets pages (PDF)."""

from collections.abc import Iterator

from lazaretto.model.offer import Offered
from lazaretto.model.page import Block
from lazaretto.reports.context import Context
from lazaretto.reports.offer.sheet import sheet


def blocks(offered: Offered, context: Context) -> Iterator[Block]:
    """Yield the blocks in order."""
    planned = sheet(offered, context)
    yield Block("title", planned.title)
    yield Block("lead", planned.headline)
    for line in planned.first:
        yield Block("text", line)
    for section in planned.sections:
        yield Block("heading", section.title)
        if section.before:
            yield Block("text", section.before)
        for number, item in enumerate(section.items, 1):
            mark = {"steps": f"{number}. ", "list": "- ", "copy": ""}[section.form]
            tail = " · ".join(part for part in (item.place, item.note) if part)
            quote = f"\n  | {item.quote}" if item.quote else ""
            yield Block("text", f"{mark}{item.text}{quote}" + (f"\n  ({tail})" if tail else ""))
    for line in planned.last:
        yield Block("text", line)
