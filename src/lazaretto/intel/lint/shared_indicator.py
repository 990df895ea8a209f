"""Services that everybody uses, listed as indicators."""

from collections.abc import Iterator

from lazaretto.intel.extract.structure import Section
from lazaretto.intel.lint.paper import Check, Paper, defect
from lazaretto.model.extract import Standing
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ID = "brief/shared-service-indicator"


def check(paper: Paper) -> Iterator[Defect]:
    """Yield shared services in a list of indicators."""
    for item in paper.extraction.items:
        line = paper.shape.at(item.start)
        listed = line.section is Section.INDICATORS and (line.row or bool(line.cue) or item.defanged)
        if item.standing is Standing.SHARED and listed and item.kind in ("domain", "url"):
            value = item.value.replace(".", "[.]")
            template = N_("{value} is a service that everybody uses; name the exact path or account")
            yield defect(ID, item.line, template, paper.words(line), value=value)


CHECK = Check(ID, N_("a shared service as indicator"), check)
