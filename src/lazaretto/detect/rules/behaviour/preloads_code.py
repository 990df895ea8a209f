"""Code is put in front of other programs.

What it sees
    A program under a developer tool was started with a variable that loads a file from a temporary, hidden or
    foreign place before the program's own code: LD_PRELOAD, NODE_OPTIONS with --require or --import,
    PYTHONSTARTUP.

Why it matters
    The code then runs inside programs that are trusted.

Example
    NODE_OPTIONS=--require /tmp/x.js

What to do
    Look at the file and at who set the variable.

False alarms
    Editors and profilers: their files lie with their own.

References
    ATT&CK T1574.006, T1574.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import is_hidden, is_scratch
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_LOADS = re.compile(
    r"(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader)[\s=]{1,3}[\"']?(?:file://)?(/[^\s\"']{1,400})"
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and file."""
    for index, program in behaviour.own:
        for name, value in program.added:
            for path in _files(name, value):
                if is_scratch(path) or is_hidden(path, behaviour.record.home):
                    yield Match(
                        N_("{who} was started with {name}, which loads {path} first"),
                        path=path,
                        params={"who": behaviour.doer(index), "name": name, "path": path},
                        phase=behaviour.phase_in(index),
                        process=index,
                    )


def _files(name: str, value: str) -> list[str]:
    if name == "LD_PRELOAD":
        return [word for word in re.split(r"[\s:]+", value) if word.startswith("/")]
    if name == "NODE_OPTIONS":
        return _LOADS.findall(value[:2000])
    return [value] if name == "PYTHONSTARTUP" and value.startswith("/") else []


RULE = Rule(
    id="run/preloads-code",
    title=N_("Code is put in front of other programs"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1574.006", "T1574"),
    state="experimental",
)
