"""A package's script publishes packages.

What it sees
    During an installation or a build a package's script ran npm publish, twine upload or another command that
    publishes, or made a repository.

Why it matters
    It is how a worm spreads: with the logins that it finds it publishes itself in the name of its victim.

Example
    npm:tinycolor@4.1.1 postinstall -> npm publish

What to do
    Withdraw the publishing tokens, look at the versions that were published, tell the registry.

False alarms
    None are known: releases do not happen in installations.

References
    ATT&CK T1195.002, T1080.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import command, name_of, words_after
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_PUBLISH = (
    ("npm", "publish"), ("pnpm", "publish"), ("yarn", "publish"), ("yarn", "npm", "publish"), ("bun", "publish"),
    ("twine", "upload"), ("uv", "publish"), ("poetry", "publish"), ("hatch", "publish"), ("flit", "publish"),
    ("gem", "push"), ("cargo", "publish"), ("gh", "repo", "create"), ("vsce", "publish"), ("ovsx", "publish"),
    ("npm", "access"), ("npm", "token", "create"),
)  # fmt: skip


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if program.package and behaviour.installs(index) and _publishes(program):
            yield Match(
                N_("{who} publishes: {command}"),
                path=behaviour.record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                phase=behaviour.phase_in(index),
                process=index,
            )


def _publishes(program: Program) -> bool:
    lines = [program.argv]
    if name_of(program).startswith(("node", "python")) and len(program.argv) > 1:
        script = program.argv[1].rpartition("/")[2].removesuffix("-cli.js").removesuffix(".js").removesuffix(".cjs")
        lines.append((script, *program.argv[2:]))
        if program.argv[1] == "-m":
            lines.append(program.argv[2:])
    if len(program.argv) == 1 and " " in program.argv[0]:
        lines.append(tuple(program.argv[0].split()))  # a title that Node was given
    return any(words_after(line, *words) is not None for line in lines for words in _PUBLISH)


RULE = Rule(
    id="run/publishes-itself",
    title=N_("A package's script publishes packages"),
    view=Behaviour,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.INSTALL,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.002", "T1080"),
    state="experimental",
)
