"""An update brings a script that runs while it is installed.

What it sees
    The new version of a package has a lifecycle script, a `binding.gyp`, or code in its `setup.py` that acts,
    which the old version had not; or the command of such a script is another one.

Why it matters
    Hijacked packages are updated with exactly this: the first thing that a stolen account publishes is a
    version that runs code on every machine that installs it.

Example
    {"scripts": {"postinstall": "node scripts/setup.js"}}   in 2.4.1, and no such script in 2.4.0

What to do
    Read the script before you take the update; install with `--ignore-scripts` until then.

False alarms
    Packages begin to ship native code, or to fetch a binary. Alone it is context.

References
    ATT&CK T1195.001, T1195.002.
"""

from collections.abc import Iterator

from lazaretto.detect.change import Change, Trigger
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_ADDED = N_("new in this version: {trigger}, which an installation runs by itself")


def check(change: Change) -> Iterator[Match]:
    """One match for each trigger of the phases install and build."""
    for trigger in change.triggers:
        if trigger.phase in (Phase.INSTALL, Phase.BUILD):
            place = trigger.finding.locations[0]
            yield Match(
                _ADDED,
                path=place.path,
                line=place.line,
                params={"trigger": told(trigger)},
                excerpt=trigger.finding.excerpt,
                phase=trigger.phase,
                related=(trigger.finding.rule,),
            )
    if change.gyp_added:
        params = {"trigger": "binding.gyp"}
        yield Match(_ADDED, path=change.gyp_added, params=params)


def told(trigger: Trigger) -> str:
    """Name a trigger for a message: the script and its command, or the rule that saw it."""
    params = dict(trigger.finding.message.params)
    if "name" in params and "command" in params:
        return f"{params['name']}: {params['command']}"
    return trigger.finding.rule


RULE = Rule(
    id="change/install-script-added",
    title=N_("An update brings a script that runs while it is installed"),
    view=Change,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001", "T1195.002"),
    state="experimental",
)
