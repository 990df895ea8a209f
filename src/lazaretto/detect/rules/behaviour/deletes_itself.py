"""A script deletes itself.

What it sees
    A file that a program of the tree was running was deleted, by itself or by a program that it started. Files
    of package clients' own temporary folders do not count.

Why it matters
    Who looks for the cause afterwards finds a clean folder: the packages of graphalgo and of the axios case did
    so.

Example
    npm:plain-crypto@4.2.1 postinstall -> node setup.js -> rm setup.js

What to do
    Get the package's archive from the registry or a cache, and read it there.

False alarms
    Generated scripts that clean up after themselves.

References
    ATT&CK T1070.004.
"""

import posixpath
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import is_scratch, name_of, script
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action, Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_REMOVERS = frozenset({"rm", "unlink", "shred", "srm", "trash"})
_OWN_FOLDERS = ("/pip-", "/npm-", "/_cacache/", "/_npx/", "/yarn--", "/uv-", "/conftest", "/config.", "/.husky/_/")


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each script."""
    ran: dict[str, int] = {}
    for index, program in behaviour.own:
        path = script(program)
        if path and not any(part in path for part in _OWN_FOLDERS):
            ran.setdefault(path, index)
        if name_of(program) in _REMOVERS:
            yield from _removed(behaviour, index, program, ran)
    for event in behaviour.of(Action.DELETE):
        runner = ran.get(event.target)
        if runner is not None and _below(behaviour, event.process, runner):
            yield _match(behaviour, event.process, event.target, event.at)


def _removed(behaviour: Behaviour, index: int, program: Program, ran: dict[str, int]) -> Iterator[Match]:
    for word in program.argv[1:40]:
        path = posixpath.normpath(posixpath.join(program.cwd or "/", word))
        runner = ran.get(path)
        if not word.startswith("-") and runner is not None and _below(behaviour, index, runner):
            yield _match(behaviour, index, path, program.at)


def _below(behaviour: Behaviour, process: int, runner: int) -> bool:
    own = behaviour.record.programs[runner]
    return any(one is own for one in behaviour.record.chain(process))


def _match(behaviour: Behaviour, process: int, path: str, at: float) -> Match:
    grave = behaviour.installs(process) and not is_scratch(path)
    return Match(
        N_("{who} deleted the script that it ran, {path}"),
        path=path,
        params={"who": behaviour.doer(process), "path": path},
        severity=None if grave else Severity.MEDIUM,
        phase=behaviour.phase_in(process),
        process=process,
        at=at,
    )


RULE = Rule(
    id="run/deletes-itself",
    title=N_("A script deletes itself"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1070.004",),
    state="experimental",
)
