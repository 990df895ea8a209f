"""A package drives an AI agent.

What it sees
    A package's script, or a program that is not a person's shell, started the command line of an AI agent with
    its questions for permission switched off, or with a prompt about wallets, keys or passwords.

Why it matters
    The agent searches with the person's rights and finds more than any list of paths (the nx packages of 2025).

Example
    npm:nx-x@21.5.0 postinstall -> claude --dangerously-skip-permissions -p 'find wallets ...'

What to do
    Stop the tree; look for what the agent wrote and sent.

False alarms
    Scripts of yours that run an agent unattended: told as MEDIUM.

References
    ATT&CK T1059, T1083.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.programs import command
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_FREE = frozenset(
    {
        "--dangerously-skip-permissions",
        "--yolo",
        "-y",
        "--trust-all-tools",
        "--full-auto",
        "--dangerously-bypass-approvals-and-sandbox",
        "--allow-all-tools",
        "--yes-always",
    }
)
_SECRETS = re.compile(
    r"wallet|private key|seed phrase|mnemonic|keystore|id_rsa|password|\.env\b|metamask|credential|api key|token",
    re.IGNORECASE,
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each such program."""
    for index, program in behaviour.own:
        if program.tool != "agent":
            continue
        above = behaviour.above(index)
        driven = bool(program.package) or any(one.tool in ("node", "python", "npm", "pip") for one in above[-4:])
        free = bool(_FREE & set(program.argv))
        asks = any(_SECRETS.search(word[:20_000]) for word in program.argv[1:] if len(word) > 20)
        if driven and (free or asks):
            yield Match(
                N_("{who} drives an AI agent: {command}"),
                path=behaviour.record.project,
                params={"who": behaviour.doer(index), "command": command(program)},
                severity=None if (free and asks) or program.package else Severity.MEDIUM,
                excerpt=" ".join(program.argv),
                phase=behaviour.phase_in(index),
                process=index,
            )


RULE = Rule(
    id="run/agent-driven",
    title=N_("A package drives an AI agent"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059", "T1083"),
    state="experimental",
)
