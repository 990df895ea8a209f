"""Text that stands twice."""

import re
from collections.abc import Iterator

from lazaretto.intel.lint.paper import Check, Paper, defect
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ID = "brief/repeated-text"
LEAST = 40
"""Letters of a sentence that is compared."""
_CODE = re.compile(r"`[^`\n]{1,300}`")
_SPACE = re.compile(r"[\W_]+")


def check(paper: Paper) -> Iterator[Defect]:
    """Yield stretches of sentences that an earlier part of the brief already has; neighbours are one defect."""
    first: dict[str, int] = {}
    run: list[tuple[int, int, str]] = []
    for number, sentence in paper.sentences():
        key = _SPACE.sub(" ", _CODE.sub(" ", sentence)).strip().lower()
        if len(key) < (LEAST if key.isascii() else LEAST // 2):
            continue
        earlier = first.setdefault(key, number)
        if earlier != number or (run and run[-1][0] == number and earlier == run[-1][1]):
            run.append((number, earlier, sentence))
        else:
            yield from _told(run)
            run = []
    yield from _told(run)


def _told(run: list[tuple[int, int, str]]) -> Iterator[Defect]:
    if run:
        last = run[-1][0]
        template = N_("{n} sentences repeat what stands from line {earlier} on")
        yield defect(
            ID, run[0][0], template, run[0][2], last if last != run[0][0] else 0, n=len(run), earlier=run[0][1]
        )


CHECK = Check(ID, N_("text that stands twice"), check)
