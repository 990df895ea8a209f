"""What a package's script started outlives the installation.

What it sees
    The package client has ended for ten seconds or more, and a program that a package's script started still
    runs.

Why it matters
    An installation leaves files, no programs. What stays was meant to stay.

Example
    npm ci (ended) ... npm:graph-x@2.2.9 postinstall -> node .cache/agent.js

What to do
    Look at the program; stop it with its children.

False alarms
    Helpers of build tools that serve several builds (compilers' servers, watchers).

References
    ATT&CK T1036, T1564.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_AFTER = 10.0
_HELPERS = frozenset(
    {
        "watchman",
        "sccache",
        "ccache",
        "gradle",
        "java",
        "esbuild",
        "turbo",
        "nx",
        "bazel",
        "ssh-agent",
        "gpg-agent",
        "dbus-daemon",
    }
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    record = behaviour.record
    if not record.live or len(record.programs) <= record.outside:
        return
    root = record.programs[record.outside]
    if root.end is None or record.seconds - root.end < _AFTER:
        return
    for index, program in behaviour.own:
        scripted = program.package and behaviour.installs(index)
        if program.end is None and scripted and name_of(program) not in _HELPERS and program is not root:
            yield Match(
                N_("{who} still runs {command} after the installation ended"),
                path=record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                process=index,
                at=root.end + _AFTER,
            )


RULE = Rule(
    id="run/outlives-installer",
    title=N_("What a package's script started outlives the installation"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1564", "T1036"),
    state="experimental",
)
