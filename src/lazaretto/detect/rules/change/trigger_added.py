"""An update brings something that starts by itself.

What it sees
    The new version has an editor task, a git hook, a `.pth` file with code, a `sitecustomize` module or the
    like, which the old version had not.

Why it matters
    It runs when a folder is opened or when Python starts, without anybody importing the package.

Example
    demo_init.pth with an import line, in 1.3.1, and no such file in 1.3.0

What to do
    Read what is started before you take the update.

False alarms
    Editable installs and namespace packages of old tools bring `.pth` files. Alone it is context.

References
    ATT&CK T1546, T1195.001.
"""

from collections.abc import Iterator

from lazaretto.detect.change import Change
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(change: Change) -> Iterator[Match]:
    """One match for each trigger of the phases open and import."""
    for trigger in change.triggers:
        if trigger.phase in (Phase.OPEN, Phase.IMPORT):
            place = trigger.finding.locations[0]
            yield Match(
                N_("new in this version: something that starts by itself ({rule})"),
                path=place.path,
                line=place.line,
                params={"rule": trigger.finding.rule},
                excerpt=trigger.finding.excerpt,
                phase=trigger.phase,
                related=(trigger.finding.rule,),
            )


RULE = Rule(
    id="change/trigger-added",
    title=N_("An update brings something that starts by itself"),
    view=Change,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1546", "T1195.001"),
    state="experimental",
)
