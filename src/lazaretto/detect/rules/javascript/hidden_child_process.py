"""A process is started so that nobody sees it and nothing ends it.

What it sees
    A child process that is detached from its parent, without input and output, without a window, and that runs an
    interpreter on decoded, downloaded or computed text (`node -e ...`) or on a file that is no program by its name.

Why it matters
    The project stops, the terminal closes, and the process stays. Honest tools detach too (update checks), but they
    start a file of their own.

Example
    `spawn("node", ["-e", code], { detached: true, stdio: "ignore", windowsHide: true }).unref()`

What to do
    Do not run it. If it ran, look for `node` processes whose parent is gone.

False alarms
    A detached process that starts a named script is context only (LOW).

References
    ATT&CK T1564.003, T1059.007, T1036.008
"""

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lazaretto.detect.jscode import COMMAND_NEEDLES, in_tests, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import literal, text_of, unwrap
from lazaretto.parse.js_sinks import Execution
from lazaretto.parse.js_value import Value

if TYPE_CHECKING:
    from tree_sitter import Node

_DETACHED = re.compile(r"detached['\"]?\s*:\s*(?:true|!0|!!\[\])")
_SILENT = re.compile(r"stdio['\"]?\s*:\s*\[?\s*['\"]ignore|windowsHide['\"]?\s*:\s*(?:true|!0)")
_FLAGS = frozenset({"-e", "--eval", "-c", "/c", "-p", "-command", "-enc", "-encodedcommand"})
_ODD_FILE = re.compile(
    r"(?i)\.(?:woff2?|ttf|otf|eot|png|jpe?g|gif|svg|ico|webp|db|sqlite3?|dict|dat|bin|mp3|ds_store)$|/\.(?:svn|git)/"
)


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every hidden process."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    for execution in module.executions:
        if execution.kind != "command" or len(execution.given) < 2:
            continue
        options = _options(module, execution)
        hidden = bool(_DETACHED.search(options)) and bool(_SILENT.search(options))
        program, odd = _program(module, execution)
        if odd:
            yield _match(
                module, execution, N_("starts a program that is stored as {name}"), Severity.HIGH, Confidence.HIGH, odd
            )
            continue
        if not hidden:
            continue
        if program is None:
            yield _match(
                module, execution, N_("starts a detached process without output"), Severity.LOW, Confidence.MEDIUM
            )
        elif program.tags & {"decoded", "unpacked", "net", "file"}:
            yield _match(
                module,
                execution,
                N_("runs decoded or fetched text in a hidden process"),
                Severity.HIGH,
                Confidence.HIGH,
            )
        elif program.text is None or re.search(r"https?:|eval|atob|base64|require\(", program.text):
            severe = Severity.LOW if in_tests(module.path) or module.minified else Severity.HIGH
            yield _match(module, execution, N_("runs program text in a hidden process"), severe, Confidence.MEDIUM)
        else:
            yield _match(
                module, execution, N_("starts a detached process without output"), Severity.LOW, Confidence.MEDIUM
            )


def _match(
    module: JavaScriptModule,
    execution: Execution,
    template: str,
    severity: Severity,
    confidence: Confidence,
    name: str = "",
) -> Match:
    return Match(
        template,
        line=execution.line,
        column=execution.column,
        params={"name": name} if name else None,
        excerpt=module.quote(execution.node.start_byte, execution.node.end_byte),
        severity=severity,
        confidence=confidence,
        phase=phase_of(module.path),
    )


def _options(module: JavaScriptModule, execution: Execution) -> str:
    """Return the text of the options object, also when it is a constant elsewhere in the file."""
    last = unwrap(execution.given[-1])
    if last.type == "identifier":
        for found in module.flow.names.definitions(text_of(last), last):
            if found.kind == "value":
                return text_of(found.node)[:2000]
    return text_of(last)[:2000] if last.type == "object" else ""


def _program(module: JavaScriptModule, execution: Execution) -> tuple[Value | None, str]:
    """Return the program text given to an interpreter, and the odd name of a started file."""
    listed = unwrap(execution.given[1])
    if listed.type == "identifier":
        for found in module.flow.names.definitions(text_of(listed), listed):
            if found.kind == "value" and unwrap(found.node).type == "array":
                listed = unwrap(found.node)
    if listed.type != "array":
        return None, ""
    parts = [child for child in listed.named_children if child.type != "comment"][:12]
    for flag, program in itertools.pairwise(parts):
        if (literal(unwrap(flag)) or "").lower() in _FLAGS:
            return module.flow.value(program), ""
    first = execution.code.text or ""
    if (
        parts and re.search(r"(?i)(?:^|[/\\])(?:node|nodejs|bun|deno|python3?|pythonw?|sh|bash)(?:\.exe)?$", first)
    ) or "execPath" in text_of(execution.given[0]):
        name = _last_text(parts[0]) if parts else ""
        if _ODD_FILE.search(name):
            return None, name
    return None, ""


def _last_text(node: "Node") -> str:
    """Return the constant text at the end of a path expression such as `path.join(__dirname, "a.woff2")`."""
    quoted = re.findall(r"['\"`]([^'\"`\n]{1,200})['\"`]", text_of(node))
    return "/".join(quoted)


RULE = Rule(
    id="js/hidden-child-process",
    title=N_("a process is started detached and without output"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1564.003", "T1059.007"),
    needles=COMMAND_NEEDLES,
)
