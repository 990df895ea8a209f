"""A developer tool deletes the home folder.

What it sees
    A program under a developer tool was told to delete the home folder, all that is in it, or the whole disk.

Why it matters
    Some worms do so when they cannot spread any more; some packages did so on purpose.

Example
    npm:graph-x@2.2.9 postinstall -> rm -rf /home/dev

What to do
    Switch the computer off at once; restore from a backup.

False alarms
    A test with a home of its own in a temporary folder: those do not count.

References
    ATT&CK T1485, T1561.001.
"""

import posixpath
import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import SHELLS, code_of, command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_CODE = re.compile(
    r"\brm\s{1,9}(?:-\w{1,9}\s{1,9}){1,4}(?:--\s{1,9})?[\"']?(?:~|\$HOME|\$\{HOME\}|/)[\"']?/?\*?(?:\s|;|&|$)|\bfind\s{1,9}[\"']?(?:~|\$HOME|\$\{HOME\})[\"']?/?\s[^;|&]{0,400}(?:-delete|-exec\s{1,9}(?:rm|shred))"
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if _wipes(program, behaviour.record.home):
            yield Match(
                N_("{who} deletes the home folder: {command}"),
                path=behaviour.record.home or "/",
                params={"who": behaviour.doer(index), "command": command(program)},
                excerpt=" ".join(program.argv),
                phase=behaviour.phase_in(index),
                process=index,
            )


def _wipes(program: Program, home: str) -> bool:
    name = name_of(program)
    if name in SHELLS:
        return bool(_CODE.search(code_of(program)[:4000]))
    if name not in ("rm", "shred", "find", "srm") or not home:
        return False
    words = program.argv[1:200]
    paths = [
        posixpath.normpath(posixpath.join(program.cwd or "/", word))
        for word in words
        if word and not word.startswith("-")
    ]
    if name == "find":
        return paths[:1] in ([home], ["/"], ["/home"]) and ("-delete" in words or bool({"rm", "shred"} & set(words)))
    recursive = any(word.startswith("-") and "r" in word.lower() for word in words) or name == "shred"
    most = sum(posixpath.dirname(path) == home for path in paths) >= 15
    return recursive and (most or any(path in (home, "/", "/home", "/root", "/Users") for path in paths))


RULE = Rule(
    id="run/wipes-home",
    title=N_("A developer tool deletes the home folder"),
    view=Behaviour,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1485", "T1561.001"),
    state="experimental",
)
