"""Which functions of a script run their parameters or return network content (neutral facts for other rules).

What it sees
    Functions whose parameter becomes code, calls of imported functions with network content, functions that return
    network content, and code made of what an imported function returns.

Why it matters
    Traps put the request and the executor into different files, so that each looks harmless alone.

Example
    `middlewares/errorHandler.js` builds a function from its argument; `routes/auth.js` calls it with a response

What to do
    Nothing: this rule only gives signals; `js/remote-code-across-files` joins them.

False alarms
    None, there are no findings.

References
    docs/signals.md
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import CODE_NEEDLES, network_calls
from lazaretto.detect.rule import Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_functions import function_name, results
from lazaretto.parse.js_imported import handovers
from lazaretto.parse.js_nodes import FUNCTIONS, enclosing, enclosing_function, text_of
from lazaretto.parse.prefilter import Prefilter

_NETWORK = (
    b"fetch(",
    b"axios",
    b"'https'",
    b'"https"',
    b"'http'",
    b'"http"',
    b"'request'",
    b'"request"',
    b"superagent",
    b"node-fetch",
    b"got(",
    b"got.",
)
_SEARCHED = Prefilter([(CODE_NEEDLES[:6], False), (_NETWORK, False)])
_LOCAL = re.compile(rb"(?:require\s*\(|from)\s*[\"'](\.{1,2}/[^\"'\n]{1,200})[\"']")
MAX_BYTES = 120_000


def check(module: JavaScriptModule) -> Iterator[Signal]:
    """Signals `js-runs-parameter`, `js-runs-import`, `js-net-to-import` and `js-returns-net`."""
    source = module.source
    if module.vendored or len(source) > MAX_BYTES:
        return
    held = _SEARCHED.holding(source)
    if 0 in held:
        yield from _runs(module)
    if 1 in held and not module.minified:
        yield from _returns(module)
        if _LOCAL.search(source) is not None:
            yield from _hands_over(module)


def _runs(module: JavaScriptModule) -> Iterator[Signal]:
    for execution in module.executions:
        if execution.kind != "code" or "net" in execution.code.tags:
            continue
        for specifier, name in execution.code.imports:
            yield Signal("js-runs-import", f"{specifier}\t{name}", module.path, execution.line)
        for start, index in execution.code.params:
            name = exported_name(module, start)
            if name:
                yield Signal("js-runs-parameter", f"{name}\t{index}", module.path, execution.line)


def _returns(module: JavaScriptModule) -> Iterator[Signal]:
    told: set[str] = set()
    for call, _ in network_calls(module, 30):
        function = enclosing_function(call)
        while function is not None and (outer := enclosing_function(function)) is not None:
            function = outer
        name = exported_name(module, function.start_byte) if function is not None else ""
        if function is None or not name or name in told:
            continue
        if any("net" in module.flow.value(result).tags for result in results(module.flow, function)):
            told.add(name)
            yield Signal("js-returns-net", name, module.path, module.line_of(call.start_byte))


def _hands_over(module: JavaScriptModule) -> Iterator[Signal]:
    for one in handovers(module):
        if "net" in one.given.tags:
            yield Signal("js-net-to-import", f"{one.callee[0]}\t{one.name}\t{one.index}", module.path, one.line)


def exported_name(module: JavaScriptModule, start: int) -> str:
    """Return the name under which other files know the function that starts at a byte; `default` = the module."""
    node = module.at(start, start + 1)
    function = enclosing(node, *FUNCTIONS) if node is not None else None
    if function is None or function.parent is None:
        return ""
    name, _ = function_name(function, function.parent)
    holder = function.parent
    if holder.type == "export_statement" and b"default" in (holder.text or b"")[:40]:
        return "default"
    if holder.type == "assignment_expression":
        left = holder.child_by_field_name("left")
        if left is not None and text_of(left) == "module.exports":
            return "default"
    return name


RULE = Rule(
    id="js/cross-file-flow",
    title=N_("which functions run their parameters or return network content"),
    view=JavaScriptModule,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    needles=(b"export",),
)
