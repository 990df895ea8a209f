"""What was downloaded is written to disk and started.

What it sees
    The answer of a network call written to a file (`writeFile`, a piped stream), and the same path started or loaded
    afterwards (`spawn`, `exec`, `require`).

Why it matters
    It is remote code execution with one more step, which leaves the second stage outside the package.

Example
    `fs.writeFileSync(p, (await axios.get(url)).data); spawn("node", [p], { detached: true })`

What to do
    Do not run it. If it ran, look for the written file and for what it started.

False alarms
    Installers of native tools download a program and start it once to see whether it works: context only, unless
    what is written is a script or the process is hidden.

References
    ATT&CK T1105, T1059.007, T1564.003
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import address, in_tests, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import arguments, callee_of, enclosing, text_of, unwrap
from lazaretto.parse.js_value import Value

_WRITE = re.compile(rb"(?:writeFile|writeFileSync|createWriteStream)\s*\(")
_SCRIPT = re.compile(rb"\.(?:[cm]?js|py|pyw|vbs|ps1|sh|bat|cmd|hta|command|scpt)[\"'`]", re.IGNORECASE)
_INTERPRETER = re.compile(
    r"(?i)(?:^|[\"'`/\\\s])(?:node|python3?|pythonw|wscript|cscript|powershell|pwsh|bash|sh|osascript)(?:\.exe)?[\"'`\s]|execPath"
)
_HIDDEN = re.compile(r"detached|windowsHide|nohup|start /b|WindowStyle", re.IGNORECASE)


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every start of a file that was written from the network."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    if module.minified or module.bulky:
        return
    written = dict(_writes(module))
    if not written:
        return
    for path, value in written.items():
        loaded = re.search(rb"(?:require|import)\s*\(\s*" + re.escape(path.encode()) + rb"\s*\)", module.source)
        if loaded is not None and not _is_data(module, path):
            yield Match(
                N_("loads a file that was written from what {address} answers"),
                line=module.line_of(loaded.start()),
                params={"address": address(value)},
                excerpt=module.quote(loaded.start(), loaded.end()),
                more=(Location(module.path, value.line),) if value.line else (),
                phase=phase_of(module.path),
            )
    for execution in module.executions:
        if execution.kind != "command" or "net" in execution.code.tags:
            continue
        call = text_of(execution.node)[:3000]
        for path, value in written.items():
            if not re.search(r"(?<![\w$.])" + re.escape(path) + r"(?![\w$])", call) and not _names(call, path):
                continue
            script = _INTERPRETER.search(call) is not None or _is_script(module, path)
            hidden = _HIDDEN.search(call) is not None
            severity, confidence = Severity.LOW, Confidence.MEDIUM
            if script and hidden:
                severity, confidence = Severity.HIGH, Confidence.HIGH
            elif script:
                severity, confidence = Severity.HIGH, Confidence.MEDIUM
            elif hidden:
                severity, confidence = Severity.MEDIUM, Confidence.MEDIUM
            if in_tests(module.path):
                confidence = Confidence.LOW if severity < Severity.HIGH else Confidence.MEDIUM
            yield Match(
                N_("starts a file that was written from what {address} answers"),
                line=execution.line,
                column=execution.column,
                params={"address": address(value)},
                excerpt=module.quote(execution.node.start_byte, execution.node.end_byte),
                more=(Location(module.path, value.line),) if value.line else (),
                severity=severity,
                confidence=confidence,
                phase=phase_of(module.path),
            )
            break


def _writes(module: JavaScriptModule) -> Iterator[tuple[str, Value]]:
    """Yield the path expression (as text) and the content of every write of network content."""
    for count, hit in enumerate(_WRITE.finditer(module.source)):
        if count >= 24:
            return
        node = module.at(hit.end() - 1, hit.end())
        call = node.parent.parent if node is not None and node.parent is not None else None
        if call is None or call.type != "call_expression":
            continue
        given = arguments(call)
        if not given:
            continue
        path = text_of(unwrap(given[0]))
        if len(path) > 120:
            continue
        if b"createWriteStream" in hit[0]:
            pipe = enclosing(call.parent, "call_expression", "variable_declarator") if call.parent is not None else None
            target = callee_of(pipe) if pipe is not None and pipe.type == "call_expression" else None
            holder = unwrap(target).child_by_field_name("object") if target is not None else None
            value = module.flow.value(holder) if holder is not None else None
            if pipe is not None and pipe.type == "variable_declarator":
                value = _piped_into(module, text_of(pipe.child_by_field_name("name") or pipe))
        else:
            value = module.flow.value(given[1]) if len(given) > 1 else None
        if value is not None and "net" in value.tags:
            yield path, value


def _names(call: str, path: str) -> bool:
    """Tell whether a command line holds the constant path of the written file."""
    return len(path) >= 8 and path[0] in "\"'`" and "${" not in path and path[1:-1] in call


def _piped_into(module: JavaScriptModule, name: str) -> Value | None:
    """Return the value that is piped into the stream of this name."""
    for hit in re.finditer(rb"\.\s*pipe\s*\(\s*" + re.escape(name.encode()) + rb"\s*\)", module.source):
        node = module.at(hit.start() + 1, hit.start() + 2)
        member = enclosing(node, "member_expression") if node is not None else None
        holder = member.child_by_field_name("object") if member is not None else None
        if holder is not None:
            return module.flow.value(holder)
    return None


_DATA = re.compile(rb"\.json[\"'`]", re.IGNORECASE)
"""What `require` parses and does not run."""


def _is_data(module: JavaScriptModule, path: str) -> bool:
    """Tell whether every constant behind a path ends like data."""
    if _DATA.search(path.encode()):
        return True
    given = _given(module, path)
    return bool(given) and all(_DATA.search(text) for text in given)


def _given(module: JavaScriptModule, path: str) -> list[bytes]:
    """Return what is assigned to a name."""
    if not re.fullmatch(r"[\w$]+", path):
        return []
    pattern = re.compile(rb"(?<![\w$.])" + re.escape(path.encode()) + rb"\s*=(?!=)\s*([^;\n]{1,200})")
    return [hit[1] for hit in pattern.finditer(module.source)]


def _is_script(module: JavaScriptModule, path: str) -> bool:
    """Tell whether a path expression, or the constant behind its name, ends like a script."""
    if _SCRIPT.search(path.encode()):
        return True
    return any(_SCRIPT.search(text) for text in _given(module, path))


RULE = Rule(
    id="js/drops-and-runs",
    title=N_("what was downloaded is written to disk and started"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1105", "T1059.007"),
    needles=(b"writeFile", b"createWriteStream"),
)
