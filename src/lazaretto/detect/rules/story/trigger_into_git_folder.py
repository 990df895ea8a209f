"""A trigger starts a program that lies inside git's own folder.

What it sees
    An editor task, a lifecycle script or another trigger whose program lies below `.git/`, in a place other than
    `hooks`: among the objects, references or logs, where no reviewer and hardly any scanner looks.

Why it matters
    `.git` never travels by clone, so it was put there by hand and sent as an archive. Git's history is not examined
    as code (Lazaretto says so in "Not checked"); something that is started from there hides on purpose.

Example
    `.vscode/tasks.json`: `"command": "node .git/objects/4b/index"`

What to do
    Do not open the folder in an editor, and run no git command in it.

False alarms
    Commands that mention `.git` without starting a file in it are not matched.

References
    ATT&CK T1564.001, T1204.002
"""

from collections.abc import Iterator

from lazaretto.detect.project import Evidence, normal
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(evidence: Evidence) -> Iterator[Match]:
    """Every start whose target lies in git's folder, whether the file was read or not."""
    for signal in evidence.signals_of("start"):
        phase, _, target = signal.value.partition("\t")
        folders = normal(target).split("/")[:-1]
        if ".git" not in folders or ".git" in signal.path.split("/"):
            continue  # hooks start themselves: they have a rule of their own
        yield Match(
            N_("{trigger} starts {path}, a file inside git's own folder"),
            path=signal.path,
            line=signal.line,
            params={"trigger": signal.path, "path": target},
            phase=Phase(phase),
        )


RULE = Rule(
    id="story/trigger-into-git-folder",
    title=N_("something starts a program inside git's own folder"),
    view=Evidence,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.OPEN,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1564.001", "T1204.002"),
)
