"""Indicators that a reader could click."""

from collections.abc import Iterator

from lazaretto.intel.lint.paper import Check, Paper, defect
from lazaretto.model.extract import Standing
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ID = "brief/live-indicator"
_KINDS = frozenset({"url", "domain", "ipv4", "ipv4-port", "email"})


def check(paper: Paper) -> Iterator[Defect]:
    """Yield every indicator that is not defanged, once, at its first live place."""
    for item in paper.extraction.items:
        if item.kind not in _KINDS or item.standing is not Standing.INDICATOR:
            continue
        host = item.host or item.value
        for place in item.places:
            written = paper.text[place : place + len(item.value) + 12].lower()
            if host in written and "[.]" not in written[: len(host) + 12] and not written.startswith(("hxxp", "h**p")):
                line = paper.shape.at(place)
                defanged = item.value.replace("http", "hxxp", 1).replace(".", "[.]")
                yield defect(ID, paper.shape.number(place), N_("{value} is live; write {defanged}"), paper.words(line),
                             value=item.value.replace(".", "[.]"), defanged=defanged)  # fmt: skip
                break


CHECK = Check(ID, N_("an indicator that is not defanged"), check)
