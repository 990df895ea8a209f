"""An update brings an ability that the package never had.

What it sees
    Some file of the new version speaks over the network, starts programs, turns text into code, undoes
    encodings, takes the whole environment, or names stores of secrets, and no file of the old version did.

Why it matters
    What a library is for changes seldom; what it can do should not change with a bug fix.

Example
    a date library whose new version requires `child_process`

What to do
    Look at the file that is named, and at the release notes.

False alarms
    Features. Alone it is context.

References
    ATT&CK T1195.002.
"""

from collections.abc import Iterator

from lazaretto.detect.change import Change
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity
from lazaretto.model.text import N_

_SAY = {
    "network": N_("new in this version: speaks over the network"),
    "process": N_("new in this version: starts programs"),
    "code": N_("new in this version: turns text into code"),
    "decode": N_("new in this version: undoes encodings"),
    "environment": N_("new in this version: takes the whole environment"),
    "stores": N_("new in this version: names stores of browsers, wallets or keys"),
}
_PLACES = 5


def check(change: Change) -> Iterator[Match]:
    """One match for each ability, with the first files that have it."""
    for name, paths in change.capabilities.items():
        first, *rest = sorted(set(paths))
        yield Match(_SAY[name], path=first, more=tuple(Location(path) for path in rest[:_PLACES]))


RULE = Rule(
    id="change/capability-added",
    title=N_("An update brings an ability that the package never had"),
    view=Change,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.002",),
    state="experimental",
)
