"""ATT&CK ids that do not exist in the pinned version."""

from collections.abc import Iterator

from lazaretto.intel.attack import table
from lazaretto.intel.lint.attack_name import TECHNIQUE
from lazaretto.intel.lint.paper import Check, Paper, defect
from lazaretto.model.lint import Defect
from lazaretto.model.text import N_

ID = "brief/attack-unknown-id"


def check(paper: Paper) -> Iterator[Defect]:
    """Yield ids that the table does not have."""
    for match in TECHNIQUE.finditer(paper.text):
        technique = match.group().replace("/", ".")
        if technique not in table().techniques:
            template = N_("{id} is not in ATT&CK {version} (enterprise)")
            line = paper.shape.at(match.start())
            yield defect(
                ID,
                paper.shape.number(match.start()),
                template,
                paper.words(line),
                id=technique,
                version=table().version,
            )


CHECK = Check(ID, N_("an ATT&CK id that does not exist"), check)
