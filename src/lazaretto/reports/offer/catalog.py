"""The forms of an answer about an offer. A form without `render` is written by an adapter."""

from dataclasses import dataclass

from lazaretto.model.offer import Offered
from lazaretto.reports.context import Context


@dataclass(frozen=True, slots=True)
class Form:
    """One form."""

    name: str
    module: str
    """Module of this folder that has `render`; empty = made by an adapter from `blocks`."""
    human: bool = False

    def render(self, offered: Offered, context: Context) -> str:
        """Render an answer; the module is imported when it is needed."""
        from importlib import import_module

        made: str = import_module(f"lazaretto.reports.offer.{self.module}").render(offered, context)
        return made


FORMS: tuple[Form, ...] = (
    Form("text", "text", human=True),
    Form("json", "json"),
    Form("html", "page"),
    Form("md", "markdown", human=True),
    Form("pdf", ""),
)
