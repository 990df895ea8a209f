"""What it sees
    A direnv file (`.envrc`) that does more than set variables.

Why it matters
    Where direnv is set up, the file runs when a shell enters the folder, after one `direnv allow`.

Example
    .envrc:  node ./scripts/env.js >/dev/null 2>&1 &

What to do
    Do not answer `direnv allow` before you have read it.

False alarms
    `use`, `layout`, `dotenv`, `PATH_add`, `source_env` and plain exports are what the file is for; not reported.
    Downloads and hidden starts are reported by `repo/download-and-run`.

References
    direnv-stdlib(1); ATT&CK T1546.004.
"""

from collections.abc import Iterator

from lazaretto.detect.commands import start_signals
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.runfiles import Kind, RunFile
from lazaretto.parse.shell_programs import INTERPRETERS


def check(view: RunFile) -> Iterator[Match | Signal]:
    """Report interpreters that run a file of the project."""
    if view.kind is not Kind.ENVRC:
        return
    _, facts = view.facts[0]
    yield from start_signals(facts, Phase.OPEN, view.path, view.path.rpartition("/")[0], 1)
    for run in facts.runs:
        if run.program in INTERPRETERS and not run.path.startswith(("/", "~", "$")):
            yield Match(
                N_("entering the folder with direnv runs {path}"),
                line=run.line,
                params={"path": run.path},
            )


RULE = Rule(
    id="repo/envrc-runs-program",
    title=N_("A direnv file runs a program of the folder"),
    view=RunFile,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1546.004",),
)
