"""The answer about an offer as one HTML file without script; nothing in it is live."""

from collections.abc import Iterator
from html import escape

from lazaretto.model.offer import Offered, OfferGrade
from lazaretto.reports.context import Context
from lazaretto.reports.offer.sheet import Section, sheet
from lazaretto.reports.page import style

_CLASSES = {OfferGrade.STOP: "malicious", OfferGrade.CONFIRM: "suspicious", OfferGrade.NO_SIGN: ""}


def render(offered: Offered, context: Context) -> str:
    """Return the page."""
    return "".join(_lines(offered, context))


def _lines(offered: Offered, context: Context) -> Iterator[str]:
    planned = sheet(offered, context)
    sheet_text, source = style()
    policy = f"default-src 'none'; style-src {source}; base-uri 'none'; form-action 'none'"
    yield (
        f'<!DOCTYPE html>\n<html lang="{context.translate.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(planned.title)}</title>\n<style>{sheet_text}</style>\n</head>\n<body>\n<main>\n<article>\n"
        f"<h1>{escape(planned.title)}</h1>\n"
        f'<div class="verdict {_CLASSES[planned.grade]}"><strong>{escape(planned.headline)}</strong>\n'
    )
    for line in planned.first:
        yield f"<p>{escape(line)}</p>\n"
    yield "</div>\n"
    for section in planned.sections:
        yield from _section(section)
    for line in planned.last:
        yield f'<p class="soft">{escape(line)}</p>\n'
    yield "</article>\n</main>\n</body>\n</html>\n"


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{escape(section.title)}</h2>\n"
    if section.before:
        yield f'<p class="soft">{escape(section.before)}</p>\n'
    if section.form == "copy":
        for item in section.items:
            yield f"<pre>{escape(item.text)}</pre>\n"
        return
    tag = "ol" if section.form == "steps" else "ul"
    yield f"<{tag}>\n"
    for item in section.items:
        quote = f'<br><code translate="no"><bdi>{escape(item.quote)}</bdi></code>' if item.quote else ""
        tail = " · ".join(part for part in (item.place, item.note) if part)
        note = f'<br><span class="soft">{escape(tail)}</span>' if tail else ""
        yield f"<li>{escape(item.text)}{quote}{note}</li>\n"
    yield f"</{tag}>\n"
