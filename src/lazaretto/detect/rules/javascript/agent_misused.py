"""A coding agent is started with its safety questions switched off.

What it sees
    `claude`, `gemini`, `q`, `codex` or another agent started as a child process with a flag that lets it act without
    asking (`--dangerously-skip-permissions`, `--yolo`, `--trust-all-tools`, ...).

Why it matters
    The agent reads and searches the developer's files with the developer's rights. A poisoned build tool used it to
    look for wallets and keys, and needed no code of its own for that.

Example
    `spawn("claude", ["--dangerously-skip-permissions", "-p", PROMPT])`

What to do
    Do not run it. If it ran, look at what the agent wrote, and revoke what it could read.

False alarms
    Tools that drive agents for their user do this on purpose: LOW, unless the script speaks of wallets and keys, too.

References
    ATT&CK T1059, T1083
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_FLAG = re.compile(rb"--dangerously-skip-permissions|--yolo\b|--trust-all-tools|--dangerously-bypass-approvals")
_STARTS = re.compile(rb"child_process|\bexec(?:Sync|File|FileSync)?\s*\(|\bspawn(?:Sync)?\s*\(|execa")
_LOOKS = re.compile(
    rb"(?i)keystore|\bwallet|mnemonic|id_rsa|\.ssh\b|metamask|electrum|exodus|private.?key|\.env\b[^\n]{0,80}\$HOME|\$HOME[^\n]{0,200}secret"
)


def check(module: JavaScriptModule) -> Iterator[Match]:
    """One match per script that drives an agent so."""
    hit = _FLAG.search(module.source)
    if hit is None or _STARTS.search(module.source) is None:
        return
    grave = _LOOKS.search(module.source) is not None and not in_tests(module.path)
    line, column = module.position(hit.start())
    yield Match(
        N_("starts a coding agent with its questions switched off ({flag})"),
        line=line,
        column=column,
        params={"flag": hit[0].decode()},
        excerpt=module.quote(max(0, hit.start() - 80), hit.end() + 80),
        severity=Severity.HIGH if grave else Severity.LOW,
        confidence=Confidence.MEDIUM,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/agent-misused",
    title=N_("a coding agent is started with its safety questions switched off"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059", "T1083"),
    needles=(b"child_", b"execa"),
)
