"""A function is built from text and handed Node's `require`.

What it sees
    `new (Function.constructor)('require', text)`, `Function('require', text)(require)` and the like, where `text` is
    not a constant of the same file.

Why it matters
    A function made of text lives in the global scope and cannot reach files, processes or the network. Handing it
    `require` is what turns a template engine into a loader; spelling `Function` as `Function.constructor` only serves
    to get past searches for `new Function`.

Example
    `const handler = new (Function.constructor)('require', errCode); handler(require);`

What to do
    Do not run the project. Look where the text comes from: another file, a setting, a parameter.

False alarms
    Module loaders and test harnesses build `Function('exports', 'require', 'module', code)`: several names of the
    module wrapper, or a `require` of their own, lower severity and confidence.

References
    ATT&CK T1059.007, T1027
"""

from collections.abc import Iterator

from lazaretto.detect.jscode import gives_require, in_tests, one_per_line, origin, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_WRAPPER = frozenset({"module", "exports", "__filename", "__dirname", "define", "global", "__webpack_require__", "?"})


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every function made of unknown text that gets `require`."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    for execution in module.executions:
        if execution.kind != "code" or origin(execution) != "require" or execution.code.text is not None:
            continue
        severity, confidence = Severity.HIGH, Confidence.HIGH
        wrapper = _WRAPPER.intersection(execution.parameters)
        plain = "constructor" not in execution.how
        if wrapper or (plain and (not gives_require(module) or in_tests(module.path))):
            severity, confidence = Severity.MEDIUM, Confidence.LOW
        elif plain:
            confidence = Confidence.MEDIUM
        yield Match(
            N_("{how} builds a function from text and gives it require"),
            line=execution.line,
            column=execution.column,
            params={"how": execution.how},
            excerpt=module.quote(execution.node.start_byte, execution.node.end_byte),
            severity=severity,
            confidence=confidence,
            phase=phase_of(module.path),
        )


RULE = Rule(
    id="js/function-constructor-with-require",
    title=N_("a function is built from text and given require"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.007", "T1027"),
    needles=(b"Function", b"constructor"),
)
