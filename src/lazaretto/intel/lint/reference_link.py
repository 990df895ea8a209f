"""References that cannot be followed, and briefs without any."""

import re
from collections.abc import Iterator

from lazaretto.intel.extract.structure import Section
from lazaretto.intel.lint.paper import YEAR, Check, Paper, defect
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ID = "brief/reference-without-link"
_LINK = re.compile(
    r"(?:https?|hxxps?)(?:\[:\]|:)//\S{4,}|\bdoi(?:\.org/|:\s?)10\.\d{4}|\b10\.\d{4,9}/\S+|arXiv:\s?\d{4}\.\d{4,5}|(?:[\w-]+(?:\.|\[\.\]))+[a-z]{2,12}/\S+",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\s{0,6}(?:[-*+•·◦]|\[?\^?\d{1,3}[.)\]:]|\(\d{1,3}\))\s*\S")


def check(paper: Paper) -> Iterator[Defect]:
    """Yield entries of the list of references without an address or without a date."""
    entries: list[tuple[int, int, str]] = []
    section = False
    for number, line in enumerate(paper.shape.lines, 1):
        words = paper.words(line)
        if (
            line.section is not Section.REFERENCES
            or not words.strip()
            or words.strip() == line.heading
            or words.lstrip().startswith("#")
        ):
            section = section or line.section is Section.REFERENCES
            continue
        section = True
        if _ENTRY.match(words) or not entries or entries[-1][1] < number - 1:
            entries.append((number, number, words))
        else:
            first, _, text = entries[-1]
            entries[-1] = (first, number, f"{text} {words.strip()}")
    for first, last, text in entries:
        if (
            not _LINK.search(text)
            and not any(text[:60] in link for link in paper.document.links)
            and not _linked(paper)
        ):
            yield defect(ID, first, N_("a reference without an address: nobody can check it"), text, last)
        elif not YEAR.search(_LINK.sub(" ", text)) and not YEAR.search(text):
            yield defect(ID, first, N_("a reference without a date"), text, last)
    if not section:
        yield defect(ID, 0, N_("there is no list of references"))


def _linked(paper: Paper) -> bool:
    """Tell whether an HTML page links its references (their targets are kept apart from the text)."""
    outside = [link for link in paper.document.links if link.startswith(("http://", "https://"))]
    return (
        bool(outside)
        and len(outside)
        >= sum(line.section is Section.REFERENCES and bool(paper.words(line).strip()) for line in paper.shape.lines) - 3
    )


CHECK = Check(ID, N_("a reference that cannot be followed"), check)
