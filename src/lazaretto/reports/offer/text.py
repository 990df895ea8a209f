"""The answer about an offer for terminals: what to do now first, then the sections."""

from collections.abc import Iterator

from lazaretto.model.offer import Offered, OfferGrade
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.lines import BLUE, BOLD, DIM, GREEN, RED, YELLOW, paint, wrap
from lazaretto.reports.offer.sheet import Section, sheet

_MARKS = {OfferGrade.STOP: ("✗", RED), OfferGrade.CONFIRM: ("!", YELLOW), OfferGrade.NO_SIGN: ("·", GREEN)}


def render(offered: Offered, context: Context) -> str:
    """Return the report."""
    return "".join(f"{line}\n" for line in _lines(offered, context))


def _lines(offered: Offered, context: Context) -> Iterator[str]:
    planned = sheet(offered, context)
    say = context.translate
    mark, colour = _MARKS[planned.grade]
    if not offered.verdict.possible:
        mark, colour = "?", YELLOW
    yield paint(f"{mark} {planned.headline}", colour, on=context.colour)
    for line in planned.first:
        yield from wrap(line, context.width, "  ", "  ")
    if context.quiet:
        return
    for section in planned.sections:
        yield ""
        yield from _section(section, context)
    yield ""
    for line in planned.last:
        yield from wrap(line, context.width)
    parts = [
        f"lazaretto {offered.version}",
        say(N_("online")) if offered.case.online else say(N_("offline: nothing left this computer")),
        say(N_("intelligence {date}"), {"date": offered.intel_date}),
        say(N_("nothing was executed")),
    ]
    yield paint(" · ".join(parts), DIM, on=context.colour)


def _section(section: Section, context: Context) -> Iterator[str]:
    yield paint(section.title, BOLD, on=context.colour)
    if section.before:
        yield from wrap(section.before, context.width, "  ", "  ")
    for number, item in enumerate(section.items, 1):
        if section.form == "copy":
            for line in item.text.split("\n"):
                yield from wrap(line, context.width, "  | ", "  | ") if line else ("  |",)
            continue
        mark = f"  {number}. " if section.form == "steps" else "  - "
        yield from wrap(item.text, context.width, " " * len(mark), mark)
        if item.quote:
            quoted = paint("|", BLUE, on=context.colour)
            for line in wrap(item.quote, context.width - 8):
                yield f"      {quoted} {line}"
        tail = " · ".join(part for part in (item.place, item.note) if part)
        if tail:
            for line in wrap(tail, context.width, "      ", "      "):
                yield paint(line, DIM, on=context.colour)
