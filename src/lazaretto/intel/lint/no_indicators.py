"""A brief that names nothing to look for."""

from collections.abc import Iterator

from lazaretto.intel.extract.structure import Section
from lazaretto.intel.lint.paper import Check, Paper, defect
from lazaretto.model.extract import Standing
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ROWS = 3
"""Head, rule and one row of a table."""
ID = "brief/no-indicators"


def check(paper: Paper) -> Iterator[Defect]:
    """Yield one defect when there is no indicator, or no section that lists them."""
    found = [item for item in paper.extraction.items if item.standing is Standing.INDICATOR]
    section = any(line.section is Section.INDICATORS for line in paper.shape.lines)
    rows = sum(line.section is Section.INDICATORS and (line.row or bool(line.cue)) for line in paper.shape.lines)
    if not found and rows < ROWS:
        yield defect(ID, 0, N_("no indicator is named: a reader cannot look for anything"))
    elif found and not section:
        yield defect(ID, 0, N_("indicators are scattered in the text; there is no section that lists them"))


CHECK = Check(ID, N_("no indicators"), check)
