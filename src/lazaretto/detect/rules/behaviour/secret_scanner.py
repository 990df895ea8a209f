"""A package's script runs a scanner for secrets.

What it sees
    trufflehog, gitleaks or a similar program was started by a package's script.

Why it matters
    A worm of 2025 brought one along to find the tokens that it spread with.

Example
    npm:tinycolor@4.1.1 postinstall -> trufflehog filesystem /home/dev --json

What to do
    Take every secret on the computer as known to others.

False alarms
    Hooks and checks of your own project do not count: it is told for scripts of installations only.

References
    ATT&CK T1552.001, T1083.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import command, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_SCANNERS = frozenset(
    {
        "trufflehog",
        "gitleaks",
        "noseyparker",
        "detect-secrets",
        "ggshield",
        "whispers",
        "titus",
        "kingfisher",
        "git-secrets",
    }
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if program.package and behaviour.installs(index) and name_of(program) in _SCANNERS:
            yield Match(
                N_("{who} looks for secrets: {command}"),
                path=behaviour.record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                phase=behaviour.phase_in(index),
                process=index,
            )


RULE = Rule(
    id="run/secret-scanner",
    title=N_("A package's script runs a scanner for secrets"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.INSTALL,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1552.001", "T1083"),
    state="experimental",
)
