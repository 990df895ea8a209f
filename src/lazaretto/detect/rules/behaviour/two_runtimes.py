"""Node starts Python with a script from nowhere, or the reverse.

What it sees
    Node started Python, or Python started Node, and the script that was run lies neither in the project nor in
    a package nor with the system's programs, but in the home or a temporary folder.

Why it matters
    The implants against developers are written in both: the first fetches the second and leaves it in the home.

Example
    node server.js -> python3 /home/dev/.n2/pay

What to do
    Keep the script for an examination, stop the tree.

False alarms
    Tools of yours that lie in the home.

References
    ATT&CK T1059.006, T1059.007, T1105.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import is_hidden, is_scratch, name_of, script
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        kind = _kind(program)
        path = script(program)
        if not kind or not path:
            continue
        other = any(_kind(one) not in ("", kind) for one in behaviour.above(index)[behaviour.record.outside :])
        if other and (is_scratch(path) or is_hidden(path, behaviour.record.home)):
            yield Match(
                N_("{who} runs a script from nowhere: {path}"),
                path=path,
                params={"who": behaviour.doer(index), "path": path},
                phase=behaviour.phase_in(index),
                process=index,
            )


def _kind(program: Program) -> str:
    name = name_of(program)
    return "node" if name in ("node", "nodejs", "bun") else "python" if name.startswith(("python", "pypy")) else ""


RULE = Rule(
    id="run/two-runtimes",
    title=N_("Node starts Python with a script from nowhere, or the reverse"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.006", "T1059.007", "T1105"),
    state="experimental",
)
