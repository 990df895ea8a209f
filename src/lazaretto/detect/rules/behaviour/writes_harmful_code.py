"""A program in the sandbox brought harmful code in.

What it sees
    A file that was written, deleted or run from memory while the project ran, or code on an interpreter's command
    line, was examined like the project's own files, and something grave was found in it.

Why it matters
    A second stage is what the first one hides: it is unpacked, decoded or assembled when nobody reads any more.

Example
    graph-x@2.2.9 postinstall -> sh -> node   /home/dev/.cache/x.js   js/remote-code-executed

What to do
    Do not run the project outside. The findings of the file itself say what it would do.

False alarms
    Those of the rules that are named.

References
    ATT&CK T1027.009, T1140.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action, Event
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_ARGUMENT = re.compile(r"/argument/(\d{1,9})-[\w.]+")


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each file."""
    found: dict[str, list[str]] = {}
    for path, rule in behaviour.record.harmful:
        found.setdefault(path, []).append(rule)
    for path, rules in found.items():
        yield Match(
            N_("{who} brought {path} in, and that code is harmful: {rules}"),
            path=path,
            params={"who": behaviour.who(_event(behaviour, path)), "path": path, "rules": ", ".join(rules)},
            phase=behaviour.record.phase,
        )


def _event(behaviour: Behaviour, path: str) -> Event:
    """Return the event that brought a file in: its first writing, else the run of it."""
    argument = _ARGUMENT.fullmatch(path)
    if argument is not None:
        return Event(0.0, "", Action.EXEC, int(argument[1]), path)
    own = path.partition("~")[0]
    events = (one for one in behaviour.record.events if one.target in (path, own))
    return next(
        (one for one in events if one.action in (Action.WRITE, Action.EXEC)), Event(0.0, "", Action.EXEC, -1, path)
    )


RULE = Rule(
    id="run/writes-harmful-code",
    title=N_("A program in the sandbox brought harmful code in"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.009", "T1140"),
    state="experimental",
)
