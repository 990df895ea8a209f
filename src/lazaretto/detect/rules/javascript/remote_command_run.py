"""A command line that came over the network is run.

What it sees
    The answer of a network call, or a message of a socket, that becomes a whole command of `child_process` (`exec`,
    `spawn`, ...), or the program text of `node -e`, `python -c`, `sh -c` or PowerShell; also a constant command that
    downloads and runs in one go (`curl ... | sh`).

Why it matters
    That is a remote shell: the other side types, this machine executes.

Example
    `socket.on("command", (m) => require("child_process").exec(m.cmd))`

What to do
    Do not run it. If it ran, disconnect the machine and treat the account as taken over.

False alarms
    Tools that build a fixed command with a foreign argument (`git clone` of an address that a service answered) are
    not reported here: only a command that is foreign from its first word.

References
    ATT&CK T1059.007, T1059.004, T1219
"""

import itertools
import re
from collections.abc import Iterator

from lazaretto.detect.jscode import COMMAND_NEEDLES, address, in_tests, one_per_line, phase_of, remote_severity
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import arguments, callee_of, literal, unwrap
from lazaretto.parse.js_sinks import Execution
from lazaretto.parse.js_value import Value

_INTERPRETS = re.compile(
    r"(?i)^\s*\"?(?:[\w./\\:-]*[/\\])?(?:node|nodejs|bun|deno|python3?|pythonw|sh|bash|zsh|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh|perl|ruby|osascript)"
    r"\"?\s+(?:-\S+\s+)*(?:-e|-c|/c|-command|-enc\S*|eval)\b"
)
_PIPED = re.compile(
    r"(?i)\b(?:curl|wget)\b[^|;&\n]{0,400}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\b(?:curl|wget)\b[^|;\n]{0,400}\|\s*(?:node|python3?|cmd|iex)\b"
    r"|(?:Invoke-WebRequest|\biwr|\birm|DownloadString)\b.{0,300}\|?\s*(?:iex|Invoke-Expression)\b|\bmshta(?:\.exe)?\s+https?:"
    r"|powershell[^\n]{0,120}\s-e(?:nc|ncodedcommand)?\s+[A-Za-z0-9+/=]{40}"
)
_HIDDEN = re.compile(r"windowsHide|detached|stdio['\"]?\s*:\s*['\"]ignore")
_SHOWN = re.compile(r"stdio['\"]?\s*:\s*['\"]inherit")
"""The user sees what the command says: an installer that was asked for."""
_ODD_SOURCE = re.compile(
    r"(?i)https?://\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|\.(?:vercel|netlify|onrender|pages)\.(?:app|com|dev)\b|-WindowStyle\s+Hidden|-w\s+hidden|\s-enc\b|\bmshta\b"
)
_STDIN = re.compile(rb"\.\s*stdin\s*\.\s*(?:write|end)\s*\(")
_SPAWNS_INTERPRETER = re.compile(
    rb"spawn\w{0,10}\s*\(\s*(?:process\s*\.\s*execPath|process\s*\.\s*argv|[\"'`](?:[\w./]{0,40}/)?(?:node|bun|deno|python3?|ba|sh|bash|zsh|cmd|powershell|pwsh|osascript)(?:\.exe)?[\"'`])"
)
_RUNTIME = re.compile(rb"(Deno\.(?:Command|run)|Bun\.(?:spawn(?:Sync)?|\$)|\$)\s*[(`]")
_FLAGS = frozenset({"-e", "--eval", "-c", "/c", "-p", "-command", "-enc", "-encodedcommand", "-pe"})


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every command that came from the network."""
    return one_per_line(itertools.chain(_matches(module), _through_stdin(module), _other_runtimes(module)))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    for execution in module.executions:
        if execution.kind != "command":
            continue
        value = _foreign(module, execution)
        if value is None:
            yield from _constant(module, execution)
            continue
        severity, confidence = remote_severity(execution)
        if value is not execution.code:
            known = value.tags & {"url:const", "url:env", "url:decoded", "url:import", "socket"}
            severity, confidence = (Severity.CRITICAL, Confidence.HIGH) if known else (Severity.HIGH, Confidence.MEDIUM)
        yield Match(
            N_("{how} runs a command that {address} sends"),
            line=execution.line,
            column=execution.column,
            params={"how": execution.how, "address": address(value)},
            excerpt=module.quote(execution.node.start_byte, execution.node.end_byte),
            more=(Location(module.path, value.line),) if value.line not in (0, execution.line) else (),
            severity=severity,
            confidence=confidence,
            phase=phase_of(module.path),
        )


def _through_stdin(module: JavaScriptModule) -> Iterator[Match]:
    """Network content written to the standard input of an interpreter: `spawn("node", ["-"]).stdin.write(answer)`."""
    source = module.source
    if b"stdin" not in source or not _SPAWNS_INTERPRETER.search(source):
        return
    for count, hit in enumerate(_STDIN.finditer(source)):
        node = module.at(hit.end() - 1, hit.end())
        call = node.parent.parent if count < 20 and node is not None and node.parent is not None else None
        target = callee_of(call) if call is not None and call.type == "call_expression" else None
        if call is None or target is None or not (given := arguments(call)):
            continue
        value = module.flow.value(given[0])
        if module.flow.callee(target)[0] == "child_process" and "net" in value.tags:
            known = value.tags & {"url:const", "url:env", "url:decoded", "url:import", "socket"}
            yield Match(
                N_("{how} runs a command that {address} sends"),
                line=module.line_of(call.start_byte),
                params={"how": "child_process.spawn", "address": address(value)},
                excerpt=module.quote(call.start_byte, call.end_byte),
                severity=Severity.CRITICAL if known else Severity.HIGH,
                confidence=Confidence.HIGH if known else Confidence.MEDIUM,
                phase=phase_of(module.path),
            )


def _other_runtimes(module: JavaScriptModule) -> Iterator[Match]:
    """Deno, Bun and zx start programs without a module: only their constant commands are judged."""
    for count, hit in enumerate(_RUNTIME.finditer(module.source)):
        if count >= 20:
            break
        text = module.source[hit.start() : hit.start() + 500].decode("utf-8", "replace")
        if _PIPED.search(text):
            yield Match(
                N_("{how} downloads something and runs it in one command"),
                line=module.line_of(hit.start()),
                params={"how": hit[1].decode()},
                excerpt=module.quote(hit.start()),
                severity=Severity.LOW if in_tests(module.path) else Severity.HIGH,
                confidence=Confidence.HIGH if _ODD_SOURCE.search(text) else Confidence.MEDIUM,
                phase=phase_of(module.path),
            )


def _constant(module: JavaScriptModule, execution: Execution) -> Iterator[Match]:
    """A constant command line that downloads and runs in one go."""
    text = execution.code.text or execution.code.url
    if len(execution.given) > 1 and (listed := unwrap(execution.given[1])).type == "array":
        text = " ".join([text, *(module.flow.value(part).text or "" for part in listed.named_children[:12])])
    found = _PIPED.search(text[:4000]) if text else None
    if found is None:
        return
    call = module.source[execution.node.start_byte : execution.node.end_byte][:2000].decode("utf-8", "replace")
    hidden = _HIDDEN.search(call) is not None
    grave = hidden or _ODD_SOURCE.search(text) is not None
    yield Match(
        N_("{how} downloads something and runs it in one command"),
        line=execution.line,
        column=execution.column,
        params={"how": execution.how},
        excerpt=module.quote(execution.node.start_byte, execution.node.end_byte),
        severity=Severity.LOW if not grave and (in_tests(module.path) or _SHOWN.search(call)) else Severity.HIGH,
        confidence=Confidence.HIGH if grave else Confidence.MEDIUM,
        phase=phase_of(module.path),
    )


def _foreign(module: JavaScriptModule, execution: Execution) -> Value | None:
    """Return the foreign value that is run; None when only an argument is foreign."""
    code = execution.code
    if "net" in code.tags and "file" not in code.tags:
        if "prefixed" not in code.tags or (code.url and _INTERPRETS.match(code.url)):
            return code if _is_text(execution) else None
        if _INTERPRETS.match(module.quote(execution.given[0].start_byte + 1)):
            return code
        return None
    if len(execution.given) > 1:
        listed = unwrap(execution.given[1])
        if listed.type == "array":
            parts = [child for child in listed.named_children if child.type != "comment"][:12]
            for flag, program in itertools.pairwise(parts):
                if (literal(unwrap(flag)) or "").lower() in _FLAGS:
                    value = module.flow.value(program)
                    if "net" in value.tags:
                        return value
    return None


def _is_text(execution: Execution) -> bool:
    """False for a path that was computed from an answer's status or name, as installers do."""
    return not execution.how.endswith((".fork",))


RULE = Rule(
    id="js/remote-command-run",
    title=N_("a command from the network is run"),
    view=JavaScriptModule,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.007", "T1059.004", "T1219"),
    needles=(*COMMAND_NEEDLES, b"Deno.", b"Bun.", b"$`"),
)
