"""A coding agent is started with its safety questions switched off.

What it sees
    `claude`, `gemini`, `codex`, `q` or another agent started as a process with a flag that lets it act without asking
    (`--dangerously-skip-permissions`, `--yolo`, `--trust-all-tools`, ...).

Why it matters
    The agent searches and changes files with the rights of whoever started the program. A package that does so at
    installation or import needs no code of its own to look for wallets and keys.

Example
    subprocess.run(["claude", "--dangerously-skip-permissions", "-p", PROMPT])

What to do
    Do not import it. If it ran, look at what the agent wrote, and revoke what it could read.

False alarms
    Tools that drive agents for their user do this on purpose: LOW, unless nobody asked or they speak of wallets and
    keys, too.

References
    ATT&CK T1059, T1083
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import command_of, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_STARTS = N_("starts a coding agent with its questions switched off ({flag})")

_FLAG = re.compile(r"--dangerously-skip-permissions|--yolo\b|--trust-all-tools|--dangerously-bypass-approvals\S*")
_LOOKS = re.compile(
    r"keystore|\bwallet|mnemonic|id_rsa|\.ssh\b|metamask|electrum|exodus|private.?key|\.env\b|credential|secret",
    re.IGNORECASE,
)


def check(view: PythonModule) -> Iterator[Match]:
    """One match per file that drives an agent so."""
    for call in view.facts.calls:
        if not starts_process(call):
            continue
        command = command_of(call)
        flag = _FLAG.search(command)
        if flag is None:
            continue
        unasked = view.unasked(call.scope)
        grave = unasked or any(_LOOKS.search(text) for text, _ in view.facts.strings if len(text) > 40)
        yield Match(
            _STARTS,
            call.line,
            call.column,
            params={"flag": flag[0]},
            excerpt=view.quote(call.line),
            severity=Severity.HIGH if grave and not view.is_test else Severity.LOW,
            confidence=Confidence.HIGH if unasked else Confidence.MEDIUM,
            phase=view.phase(call.scope),
            layers=call.layers,
        )
        return


RULE = Rule(
    id="py/agent-misused",
    title=N_("a coding agent is started with its safety questions switched off"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059", "T1083"),
    needles=(b"--dangerously-", b"--yolo", b"--trust-all-tools"),
)
