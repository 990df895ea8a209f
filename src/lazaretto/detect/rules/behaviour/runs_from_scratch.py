"""A program runs from a temporary or hidden place.

What it sees
    Under a developer tool a program, or the script of an interpreter, lies directly in a temporary folder, in
    memory, or hidden right below the home. Folders in which package clients build do not count.

Why it matters
    Second stages are put there: it can be written by everybody and is looked at by nobody.

Example
    node server.js -> python3 /home/dev/.npl

What to do
    Keep the file for an examination, stop the tree.

False alarms
    Scripts that you try out in /tmp yourself: told only when a developer tool started them.

References
    ATT&CK T1059, T1036, T1564.001.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.live.toolchains import is_interpreter
from lazaretto.detect.programs import is_hidden, is_scratch, script
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_MEMORY = "/dev/shm/"  # noqa: S108 - compared


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program, the tool itself left out."""
    home = behaviour.record.home
    for index, program in behaviour.own:
        if index == behaviour.record.outside:
            continue
        above = behaviour.above(index)
        if not any(is_interpreter(one.path) or one.package for one in above[-3:]):
            continue
        path = next((one for one in (program.path, script(program)) if _is_bad(one, home)), "")
        if path:
            grave = path.startswith(_MEMORY) or is_hidden(path, home)
            yield Match(
                N_("{who} runs from {path}"),
                path=path,
                params={"who": behaviour.doer(index), "path": path},
                severity=Severity.HIGH if grave and not behaviour.record.project.startswith(path) else None,
                phase=behaviour.phase_in(index),
                process=index,
            )


def _is_bad(path: str, home: str) -> bool:
    if is_hidden(path, home):
        return True
    return is_scratch(path) and (
        path.count("/") == path.startswith("/var/") + 2 or "/." in path or path.startswith(_MEMORY)
    )


RULE = Rule(
    id="run/runs-from-scratch",
    title=N_("A program runs from a temporary or hidden place"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1564.001", "T1059", "T1036"),
    state="experimental",
)
