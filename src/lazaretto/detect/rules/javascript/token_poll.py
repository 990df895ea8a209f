"""A program registers itself, gets a token, and asks again and again what to do.

What it sees
    In one file: facts about the machine (host name, user, platform, addresses) sent with a network call, a timer or
    an endless loop, and an answer that decides what is executed or started.

Why it matters
    That is the protocol of the graphalgo implants: register with host data, keep the token the server issues, send
    it with every poll, run the command that comes back. Libraries for graphs and numbers need none of it.

Example
    `setInterval(async () => { const r = await post("/task", { token, host: os.hostname() }); exec(r.data.cmd) }, 5000)`

What to do
    Do not install or run it. If it ran, disconnect the machine and treat the account as taken over.

False alarms
    Fleet agents and CI runners do this by profession; they are not dependencies of a coding exercise.

References
    ATT&CK T1071.001, T1132, T1082, T1219
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_FACTS = tuple(
    (words, re.compile(fact))
    for words, fact in (
        ((b"hostname",), rb"hostname\s*\("),
        ((b"userInfo",), rb"userInfo\s*\("),
        ((b"platform",), rb"\bplatform\s*\(|process\.platform"),
        ((b"networkInterfaces",), rb"networkInterfaces\s*\("),
        ((b"arch", b"release"), rb"\barch\s*\(|\brelease\s*\(|process\.arch"),
        ((b"homedir", b"process."), rb"homedir\s*\(|process\.cwd\s*\(|process\.pid"),
    )
)
"""Words that must be there, which is quickly told, and the expression."""
_LOOP = re.compile(
    rb"setInterval\s*\(|while\s*\(\s*(?:true|1|!0)\s*\)|for\s*\(\s*;\s*;\s*\)|setTimeout\s*\(\s*[\w$.]+\s*,"
)
_SEND = re.compile(
    rb"\bfetch\s*\(|\baxios\b|\.post\s*\(|https?\.request|\brequest\s*\(|\.emit\s*\(|XMLHttpRequest|\bgot\b"
)
_TOKEN = re.compile(rb"(?i)token|uuid|clientid|client_id|agentid|botid|sessionid|\bsid\b|machineid")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """One match per file with the whole protocol."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    source = module.source
    facts = sum(1 for words, fact in _FACTS if any(word in source for word in words) and fact.search(source))
    if facts < 2 or not _LOOP.search(source) or not _SEND.search(source):
        return
    for execution in module.executions:
        if execution.kind == "load" or "net" not in execution.code.tags:
            continue
        whole = "prefixed" not in execution.code.tags or execution.kind == "code"
        if not whole:
            continue
        token = _TOKEN.search(source) is not None
        yield Match(
            N_("sends facts about this machine, polls, and {how} runs what is answered"),
            line=execution.line,
            column=execution.column,
            params={"how": execution.how},
            excerpt=module.quote(execution.node.start_byte, execution.node.end_byte),
            severity=Severity.CRITICAL,
            confidence=Confidence.HIGH if token and not in_tests(module.path) else Confidence.MEDIUM,
            phase=phase_of(module.path),
        )


RULE = Rule(
    id="js/token-poll-c2",
    title=N_("registers, polls, and runs what is answered"),
    view=JavaScriptModule,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1071.001", "T1082", "T1219"),
    needles=(b"hostname", b"userInfo", b"networkInterfaces"),
)
