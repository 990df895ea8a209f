"""A package or script asks for the person's logins.

What it sees
    A program under a developer tool asked git's credential helper, a cloud's command line, a key ring or a
    password manager for a secret. What git or the client asks for itself does not count.

Why it matters
    The helpers give the secret to whoever runs as the person.

Example
    npm:graph-x@2.2.9 postinstall -> git credential fill

What to do
    Withdraw the token that was given.

False alarms
    Scripts of yours that log in by such a program: told as LOW outside of installations and packages.

References
    ATT&CK T1555, T1552.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.live.toolchains import is_interpreter
from lazaretto.detect.programs import SHELLS, command, name_of, words_after
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_ASKS = (
    ("git", "credential", "fill"), ("gh", "auth", "token"), ("glab", "auth", "token"),
    ("security", "find-generic-password"), ("security", "find-internet-password"), ("security", "dump-keychain"),
    ("secret-tool", "lookup"), ("secret-tool", "search"), ("gcloud", "auth", "print-access-token"),
    ("gcloud", "auth", "print-identity-token"), ("az", "account", "get-access-token"),
    ("aws", "configure", "export-credentials"), ("aws", "secretsmanager", "get-secret-value"),
    ("aws", "sts", "get-session-token"), ("op", "item", "get"), ("op", "read"), ("bw", "get"), ("bw", "export"),
    ("pass", "show"), ("npm", "token", "list"), ("kubectl", "get", "secrets"), ("kubectl", "get", "secret"),
    ("vault", "read"), ("docker-credential-desktop", "get"),
)  # fmt: skip


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if not _asks(program):
            continue
        above = behaviour.above(index)
        if not above or not (is_interpreter(above[-1].path) or name_of(above[-1]) in SHELLS or program.package):
            continue
        if any(one.tool == "git" for one in above[behaviour.record.outside :]):
            continue
        grave = behaviour.installs(index) or program.how in ("module", "folder")
        yield Match(
            N_("{who} asks for logins: {command}"),
            path=behaviour.record.project,
            params={"who": behaviour.doer(index), "command": command(program)},
            severity=None if grave else Severity.LOW,
            phase=behaviour.phase_in(index),
            process=index,
        )


def _asks(program: Program) -> bool:
    if name_of(program).startswith("git-credential-") and "get" in program.argv[1:3]:
        return True
    return any(words_after(program.argv, *words) is not None for words in _ASKS)


RULE = Rule(
    id="run/credentials-asked",
    title=N_("A package or script asks for the person's logins"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1555", "T1552"),
    state="experimental",
)
