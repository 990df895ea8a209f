"""A package's script starts something that is to outlive it.

What it sees
    A program of a package's script was started by nohup, setsid, a terminal multiplexer or a process manager,
    or a shell was told to put it into the background with its output thrown away.

Why it matters
    What is part of an installation is waited for.

Example
    npm:graph-x@2.2.9 postinstall -> sh -c 'node agent.js >/dev/null 2>&1 &'

What to do
    Look at what was started.

False alarms
    Build scripts that start a server for their tests.

References
    ATT&CK T1564, T1059.004.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import SHELLS, code_of, command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_STARTERS = frozenset({"nohup", "setsid", "screen", "tmux", "daemonize", "start-stop-daemon", "pm2", "forever"})
_BEHIND = re.compile(r">\s{0,3}/dev/null[^&\n]{0,200}(?:2?>&\d[^&\n]{0,100})?&\s{0,9}(?:disown|exit|$)")


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if not program.package or not behaviour.installs(index):
            continue
        name = name_of(program)
        if name in _STARTERS or (name in SHELLS and _BEHIND.search(code_of(program)[:4000].strip())):
            yield Match(
                N_("{who} put something into the background: {command}"),
                path=behaviour.record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                excerpt=" ".join(program.argv),
                process=index,
            )


RULE = Rule(
    id="run/detaches",
    title=N_("A package's script starts something that is to outlive it"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1564", "T1059.004"),
    state="experimental",
)
