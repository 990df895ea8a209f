"""ATT&CK ids that the pinned version has revoked or deprecated."""

import re
from collections.abc import Iterator

from lazaretto.intel.attack import table
from lazaretto.intel.lint.attack_name import TECHNIQUE
from lazaretto.intel.lint.paper import Check, Paper, defect
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ID = "brief/attack-old-id"
_ALIASES = re.compile(r"earlier|old|alias|former|deprecated|revoked|이전|구 ?번호|옛|별칭")


def check(paper: Paper) -> Iterator[Defect]:
    """Yield old ids, except where they are named as such."""
    known = table()
    for match in TECHNIQUE.finditer(paper.text):
        row = known.techniques.get(match.group().replace("/", "."))
        if row is None or not row.state:
            continue
        line = paper.shape.at(match.start())
        number = paper.text.count("|", line.start, match.start()) - 1
        head = line.columns[number] if 0 <= number < len(line.columns) else ""
        around = paper.text[max(line.start, match.start() - 40) : min(line.end, match.end() + 40)].lower()
        if _ALIASES.search(head) or (not line.row and _ALIASES.search(around)):
            continue
        current = known.current(row.id)
        if current is not None and current.id in paper.text[line.start : match.start()]:
            continue  # a row that gives the present id first, its table lost on the way into a PDF
        new = current.id if current is not None and current.id != row.id else "-"
        template = N_("{id} is an old id (ATT&CK {version}); its successor: {new}")
        yield defect(
            ID,
            paper.shape.number(match.start()),
            template,
            paper.words(line),
            id=row.id,
            version=known.version,
            new=new,
        )


CHECK = Check(ID, N_("an ATT&CK id that was revoked or deprecated"), check)
