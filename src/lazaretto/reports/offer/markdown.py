"""The answer about an offer as Markdown (CommonMark), for a ticket."""

import re
from collections.abc import Iterator

from lazaretto.model.offer import Offered
from lazaretto.reports.context import Context
from lazaretto.reports.offer.sheet import Section, sheet

_SPECIAL = re.compile(r"([\\`*_{}<>|#\[\]!])")


def render(offered: Offered, context: Context) -> str:
    """Return the document."""
    return "".join(f"{line}\n" for line in _lines(offered, context))


def _lines(offered: Offered, context: Context) -> Iterator[str]:
    planned = sheet(offered, context)
    yield f"# {_escape(planned.title)}"
    yield ""
    yield f"**{_escape(planned.headline)}**"
    for line in planned.first:
        yield from ("", _escape(line))
    for section in planned.sections:
        yield from ("", f"## {_escape(section.title)}", "")
        yield from _section(section)
    yield ""
    yield from (_escape(line) for line in planned.last)


def _section(section: Section) -> Iterator[str]:
    if section.before:
        yield from (_escape(section.before), "")
    for number, item in enumerate(section.items, 1):
        if section.form == "copy":
            yield from ("```text", *item.text.split("\n"), "```")
            continue
        mark = f"{number}." if section.form == "steps" else "-"
        tail = " · ".join(part for part in (item.place, item.note) if part)
        yield f"{mark} {_escape(item.text)}" + (f" ({_escape(tail)})" if tail else "")
        if item.quote:
            yield f"  > {_escape(item.quote)}"


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
