"""The formats of a brief. A new one is one module and one line. PDF is set by an adapter from `blocks`."""

from collections.abc import Callable
from dataclasses import dataclass

from lazaretto.model.text import N_
from lazaretto.reports.brief import document, markdown, page, stix
from lazaretto.reports.brief.brief import Brief
from lazaretto.reports.context import Context


@dataclass(frozen=True, slots=True)
class BriefFormat:
    """One format."""

    name: str
    title: str
    render: Callable[[Brief, Context], str] | None
    """None = made of `blocks` by an adapter."""


FORMATS = (
    BriefFormat("md", N_("Markdown"), markdown.render),
    BriefFormat("html", N_("one page without script"), page.render),
    BriefFormat("pdf", N_("pages to print; needs the extra part [pdf]"), None),
    BriefFormat("stix", N_("a STIX 2.1 bundle"), stix.render),
    BriefFormat("json", N_("one document, for programs"), document.render),
)
