"""Encoded or encrypted text is decoded and executed.

What it sees
    `eval`, `Function`, `vm` or `module._compile` applied to something that was undone first: Base64, hexadecimal,
    character codes, `unescape`, reversal, decryption, decompression; also the content of a file that is named like
    a font, an image or a database.

Why it matters
    Code that wants to be read by nobody is encoded. Packers for size exist, but they do not decode Base64.

Example
    `new Function(Buffer.from("Y29uc29sZS5sb2coMSk=", "base64").toString())()`

What to do
    Do not run it. Decode it without running it (the finding quotes the place).

False alarms
    Compressed libraries of a browser page (character codes, `unescape`) are told apart by what they decode to:
    when the text is known and calls nothing outside the page, confidence is lower. Tests and benchmarks of decoders.

References
    ATT&CK T1027, T1140, T1059.007
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import CODE_NEEDLES, in_tests, one_per_line, origin, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import arguments, text_of
from lazaretto.parse.js_sinks import Execution

LONG = 400
"""Characters of decoded text from which it is a program, whatever it does, rather than a trick of a test."""
_REACHES_OUT = re.compile(
    r"\brequire\b|child_process|\bprocess\b|https?:|\bfetch\b|XMLHttpRequest|\beval\b|\bexec\b|\bimport\s*\(|Buffer|\bfs\b"
    r"|createElement\s*\(\s*['\"]script|document\.write|WebSocket|localStorage|cookie"
)


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every code execution whose text was decoded first."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    for execution in module.executions:
        if execution.kind != "code" or origin(execution) != "decoded":
            continue
        tags, text = execution.code.tags, execution.code.text
        severity, confidence = Severity.HIGH, Confidence.MEDIUM
        if text is not None:
            if _REACHES_OUT.search(text):
                confidence = Confidence.HIGH
            elif len(text) < LONG:
                severity, confidence = Severity.MEDIUM, Confidence.LOW
        elif (
            execution.takes_require
            or ("unpacked" in tags and not tags & {"param", "file"} and _keyed(module))
            or ("file" in tags and "decoded" in tags and not _either(module, execution))
        ):
            confidence = Confidence.HIGH
        elif ("file" in tags and "decoded" in tags) or "param" in tags or module.minified:
            severity, confidence = Severity.MEDIUM, Confidence.LOW
        if in_tests(module.path) and confidence is not Confidence.HIGH:
            severity, confidence = Severity.LOW, Confidence.LOW
        yield Match(
            N_("{how} executes decoded text"),
            line=execution.line,
            column=execution.column,
            params={"how": execution.how},
            excerpt=module.quote(execution.node.start_byte, execution.node.end_byte),
            severity=severity,
            confidence=confidence,
            phase=phase_of(module.path),
        )


_DECIPHER = re.compile(rb"createDecipher(?:iv)?\s{0,8}\(")


def _keyed(module: JavaScriptModule) -> bool:
    """Tell whether a text is decrypted with a key that stands in the same file: then it hides only from readers."""
    for count, hit in enumerate(_DECIPHER.finditer(module.source)):
        if count >= 12:
            return False
        node = module.at(hit.end() - 1, hit.end())
        call = node.parent.parent if node is not None and node.parent is not None else None
        given = arguments(call) if call is not None and call.type == "call_expression" else []
        if len(given) > 1 and module.flow.value(given[1]).text:
            return True
    return False


def _either(module: JavaScriptModule, execution: Execution) -> bool:
    """Tell whether what runs is a decoded text or else a file's content, each assigned to the same name, never both."""
    body = execution.body
    if body is None or body.type != "identifier":
        return False
    values = [
        module.flow.value(found.node).tags
        for found in module.flow.names.definitions(text_of(body), body)[:8]
        if found.kind == "value"
    ]
    return len(values) > 1 and not any({"file", "decoded"} <= tags for tags in values)


RULE = Rule(
    id="js/decode-then-execute",
    title=N_("encoded text is decoded and executed"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027", "T1140", "T1059.007"),
    needles=CODE_NEEDLES,
)
