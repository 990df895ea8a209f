"""A score out of nowhere: `8.5/10` without the rubric or vector that gave it."""

import re
from collections.abc import Iterator

from lazaretto.intel.lint.paper import Check, Paper, defect
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ID = "brief/severity-without-basis"
_SCORE = re.compile(r"(?<![\d./])(?:10(?:\.0)?|\d(?:\.\d)?)\s?/\s?10(?![\d/.]\d)")
_BASIS = re.compile(
    r"rubric|CVSS:[34]\.\d/|AV:[NALP]/|\bvector\b|scor(?:ing|ed) (?:by|method)|criteria|루브릭|산정 ?(?:기준|근거)|평가 ?기준|채점|배점|채점표|벡터",
    re.IGNORECASE,
)
_PART = re.compile(r"^.{1,40}[:：] \d\.\d / \d\b", re.MULTILINE)
_PARTS = 3
"""Parts of a rubric that are listed with their points, wherever they stand."""
_WINDOW = 1200


def check(paper: Paper) -> Iterator[Defect]:
    """Yield the first score when no basis stands near any of them."""
    if len(_PART.findall(paper.text)) >= _PARTS:
        return
    scores = list(_SCORE.finditer(paper.text))
    for match in scores:
        if _BASIS.search(paper.text[max(0, match.start() - 300) : match.end() + _WINDOW]):
            return
    if scores:
        match = scores[0]
        line = paper.shape.at(match.start())
        template = N_("{score} without a basis: by which rubric or vector?")
        yield defect(ID, paper.shape.number(match.start()), template, paper.words(line), score=match.group())


CHECK = Check(ID, N_("a severity without its basis"), check)
