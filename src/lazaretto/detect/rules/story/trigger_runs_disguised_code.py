"""Something starts a program that is stored under the name of a font, an image or a database.

What it sees
    A trigger or a script of the project (editor task, git hook, lifecycle script, another program) that starts or
    loads a file whose name says "asset" and whose content is code.

Why it matters
    Nobody reviews fonts. Since December 2025 the commonest take-home trap is an editor task called `eslint-check`
    that runs `node ./public/fonts/fa-solid-400.woff2`.

Example
    `.vscode/tasks.json`: `"command": "node ./public/fonts/fa-regular-400.woff2"`, and the font holds JavaScript.

What to do
    Do not open the folder in an editor. There is no honest reason to run a font.

False alarms
    None known when the file is started; a disguised file that nothing starts is not a finding of this rule.

References
    ATT&CK T1036.008, T1204.002
"""

from collections.abc import Iterator

from lazaretto.detect.project import Evidence
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity
from lazaretto.model.text import N_


def check(evidence: Evidence) -> Iterator[Match]:
    """Every disguised file that something is seen to start or load."""
    loaded_by = {
        target: source for source, targets in sorted(evidence.imports.items(), reverse=True) for target in targets
    }
    seen: set[str] = set()
    for signal in evidence.signals_of("disguised"):
        if signal.path in seen:
            continue
        seen.add(signal.path)
        reach = evidence.reach(signal.path)
        starter = reach.chain[-2] if reach and len(reach.chain) > 1 else loaded_by.get(signal.path)
        if starter is None:
            continue
        yield Match(
            N_("{starter} runs {path}, which is named like an asset but holds code ({language})"),
            path=starter,
            line=reach.line if reach and len(reach.chain) == 2 else 1,
            params={"starter": starter, "path": signal.path, "language": signal.value},
            phase=reach.phase if reach else Phase.RUN,
            more=(Location(signal.path, signal.line),),
        )


RULE = Rule(
    id="story/trigger-runs-disguised-code",
    title=N_("code under the name of a font, image or database is started"),
    view=Evidence,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.OPEN,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.008", "T1204.002"),
)
