"""Claims without a date: "recently", "was discovered", and a brief that bears no date itself."""

import re
from collections.abc import Iterator

from lazaretto.intel.lint.paper import YEAR, Check, Paper, defect
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ID = "brief/undated-claim"
_RELATIVE = re.compile(
    r"\b(?:recently|lately|currently|nowadays|last (?:week|month|year)|this (?:week|month|year)|a few (?:days|weeks|months) ago|in recent (?:days|weeks|months))\b|"
    r"최근(?! ?\d{1,3} ?일 (?:안|이내))|현재|지난 ?(?:주|달|해|해부터)|얼마 전|요즘|이번 (?:주|달)|올해|작년|금년",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:was|were|has been|have been) (?:first )?(?:discovered|detected|observed|disclosed|published|uncovered|identified|spotted|found|reported)\b|"
    r"\b(?:researchers|analysts|\w+ ?labs) (?:discovered|detected|disclosed|uncovered|identified|found|reported)\b|"
    r"(?:발견|탐지|공개|포착|식별|확인)(?:되었|됐|된 바|했|하였)|보고(?:되었|됐|하였|했)|밝혔",
    re.IGNORECASE,
)
_MARK = re.compile(r"\[\^?\w{1,12}\]|\(\d{1,2}\)|[¹²³⁴⁵⁶⁷⁸⁹]")


def check(paper: Paper) -> Iterator[Defect]:
    """Yield claims whose sentence has neither a year nor a mark of a reference."""
    if not YEAR.search(paper.text):
        yield defect(ID, 0, N_("the brief has no date at all, neither its own nor of any fact"))
    for number, sentence in paper.sentences():
        line = paper.shape.lines[number - 1]
        around = paper.text[line.first : line.last]
        if YEAR.search(sentence) or _MARK.search(around[around.find(sentence) :][: len(sentence) + 24]):
            continue
        relative, event = _RELATIVE.search(sentence), _EVENT.search(sentence)
        if relative and not YEAR.search(around):
            yield defect(
                ID,
                number,
                N_('"{word}" without a date will mean something else tomorrow'),
                sentence,
                word=relative.group(),
            )
        elif event and not YEAR.search(around):
            yield defect(ID, number, N_('"{word}": when, and who says so?'), sentence, word=event.group())


CHECK = Check(ID, N_("a claim without a date"), check)
