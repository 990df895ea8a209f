"""Where a script runs text as code, or starts a process: found by search, confirmed by syntax.

    executions(module)  ->  Execution(kind="code", how="Function.constructor", code=Value(...), line=12, ...)

Kinds:

    code      text becomes code: eval, Function and its aliases, vm, module._compile, a string given to a timer
    command   a command line or a program is started
    load      require / import of a computed or odd name
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lazaretto.parse.js_anchors import MAX_ANCHORS, anchors, worth_reading
from lazaretto.parse.js_nodes import FUNCTIONS, arguments, callee_of, literal, pair, text_of, unwrap
from lazaretto.parse.js_value import EMPTY, Path, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.javascript import JavaScriptModule
    from lazaretto.parse.js_flow import Flow

MAX_EXECUTIONS = 400
"""Sinks analysed deeply per file; constant ones are skipped before they count."""
MAX_ALIASES = 200
"""Other names of sinks that are followed per file."""

_DATA_URL = re.compile(r"\s*data:\s*(?:text|application)/(?:x-)?(?:java|ecma)script")
_VM_LAST = frozenset({"runInThisContext", "runInNewContext", "runInContext", "compileFunction", "_compile", "Script"})
_COMMAND_LAST = frozenset({"exec", "execSync", "spawn", "spawnSync", "execFile", "execFileSync", "fork"})
_COMMAND_BASES = frozenset({"child_process", "shelljs", "execa", "cross-spawn", "execSync", "exec-sh"})


@dataclass(frozen=True, slots=True)
class Execution:
    """One place that runs something."""

    kind: str
    """`code`, `command` or `load`."""
    how: str
    """What is called, canonical: `Function.constructor`, `eval`, `child_process.exec`."""
    node: "Node"
    """The call."""
    code: Value
    """What is run, as far as known."""
    line: int
    column: int
    parameters: tuple[str, ...] = ()
    """For `Function`: the parameter names given as constants."""
    given: "tuple[Node, ...]" = ()
    """Arguments of the call."""
    body: "Node | None" = None
    """The expression that becomes code."""

    @property
    def takes_require(self) -> bool:
        """True when the made function gets Node's `require`."""
        return "require" in self.parameters


def is_code_maker(path: Path) -> bool:
    """Tell whether calling `path` turns text into code."""
    if path in (("eval",), ("Function",), ("execScript",)):
        return True
    last = path[-1]
    if last == "eval" and len(path) <= 2 and path[0] not in ("page", "%page", "$", "redis", "%client"):
        return path[0] in ("window", "global", "this")
    if last == "constructor" and len(path) >= 2:
        before = path[-2]
        return before in ("Function", "function", "constructor", "prototype") or (
            path[0] in ("[]", "''") and len(path) >= 3
        )
    return path[0] == "function" and path[1:] in ((), ("constructor",)) and False


def executions(module: "JavaScriptModule") -> tuple[Execution, ...]:
    """Return the places of a module that run something other than a constant, in order of appearance."""
    source = module.source
    if module.path.endswith(".d.ts"):
        return ()  # declarations only
    places = anchors(source)
    if not places or not worth_reading(source, vendored=module.vendored):
        return ()
    module.cut_short = len(places) >= MAX_ANCHORS
    found: dict[int, Execution] = {}
    calls: dict[int, Node] = {}
    for call in _calls(module, places):
        calls.setdefault(call.start_byte << 1 | (call.type == "new_expression"), call)
        if len(calls) > MAX_ANCHORS:
            break
    for key in sorted(calls):
        if len(found) >= MAX_EXECUTIONS or module.flow.exhausted:
            module.cut_short = True
            break
        one = _execution(module, calls[key])
        if one is not None:
            found[key] = one
    return tuple(found.values())


def _calls(module: "JavaScriptModule", places: list[tuple[int, int]]) -> "Iterator[Node]":
    """Yield the calls that may run something."""
    for start, end in places:
        node = module.at(start, end)
        if node is None:
            continue
        yield from _climb(module, node)


def _climb(module: "JavaScriptModule", node: "Node", hops: int = 2) -> "Iterator[Node]":
    """From a name to the calls that use it: directly, under an alias, or through Reflect."""
    child, up = node, node.parent
    while up is not None and up.type in (
        "member_expression",
        "subscript_expression",
        "parenthesized_expression",
        "sequence_expression",
        "binary_expression",
        "ternary_expression",
        "await_expression",
        "string",
        "non_null_expression",
        "as_expression",
        "import",
    ):
        if up.type == "sequence_expression" and (up.named_child(up.named_child_count - 1) or child).id != child.id:
            return
        child, up = up, up.parent
    if up is None:
        return
    if up.type in ("call_expression", "new_expression"):
        target = callee_of(up)
        if target is not None and target.id == child.id:
            yield up
            # Function.constructor(...)(...) and similar: promisify(exec)(cmd)
            outer = up.parent
            while outer is not None and outer.type in ("parenthesized_expression", "member_expression"):
                outer = outer.parent
            if outer is not None and outer.type == "call_expression":
                yield outer
            if up.parent is not None and up.parent.type == "variable_declarator" and hops:
                yield from _aliased(module, up.parent.child_by_field_name("name"), hops)
        return
    if up.type == "arguments" and up.parent is not None:
        yield up.parent
        if up.parent.parent is not None and up.parent.parent.type == "variable_declarator" and hops:
            yield from _aliased(module, up.parent.parent.child_by_field_name("name"), hops)
        return
    if up.type == "variable_declarator" and hops:
        yield from _aliased(module, up.child_by_field_name("name"), hops)
    elif up.type == "assignment_expression" and hops:
        yield from _aliased(module, up.child_by_field_name("left"), hops)


def _aliased(module: "JavaScriptModule", name: "Node | None", hops: int) -> "Iterator[Node]":
    """Yield the calls of a name that stands for a sink."""
    if name is None:
        return
    words = [name] if name.type == "identifier" else []
    if name.type == "object_pattern":
        for child in name.named_children:
            value = child.child_by_field_name("value") if child.type == "pair_pattern" else child
            if value is not None:
                words.append(value)
    if name.type == "member_expression" and (last := name.child_by_field_name("property")) is not None:
        words.append(last)
    for word in words[:6]:
        text = word.text or b""
        if not text or len(text) > 60 or (word.start_byte, hops) in module.seen_aliases:
            continue
        if len(module.seen_aliases) >= MAX_ALIASES:
            module.cut_short = True
            return
        module.seen_aliases.add((word.start_byte, hops))
        count = 0
        for hit in re.finditer(re.escape(text) + rb"\s*\)?\s*(?:\.\s*(?:call|apply)\s*)?\(", module.source):
            before = module.source[hit.start() - 1 : hit.start()]
            if before.isalnum() or before in (b"_", b"$"):
                continue
            count += 1
            if count > 40:
                break
            node = module.at(hit.start(), hit.start() + len(text))
            if node is not None and node.id != word.id:
                yield from _climb(module, node, hops - 1)


def _execution(module: "JavaScriptModule", call: "Node") -> Execution | None:
    flow = module.flow
    target = callee_of(call)
    if target is None:
        return None
    given = arguments(call)
    path = flow.callee(target)
    if path == ("Reflect", "construct") or path == ("Reflect", "apply"):
        path = flow.callee(given[0]) if len(given) > 1 else ("?",)
        if not (is_code_maker(path) or _is_command(path)):
            return None
        holder = unwrap(given[-1])
        given = (
            [child for child in holder.named_children if child.type != "comment"]
            if holder.type == "array"
            else given[1:]
        )
    elif path[-1] in ("call", "apply") and len(path) > 1 and (is_code_maker(path[:-1]) or _is_command(path[:-1])):
        holder = unwrap(given[-1]) if given else call
        given = list(holder.named_children) if path[-1] == "apply" and holder.type == "array" else given[1:]
        path = path[:-1]
    if not given:
        return None
    if given[0].type == "spread_element" and not is_code_maker(path):
        given = _spread(flow, given[0]) or given
    if is_code_maker(path):
        return _code(module, call, path, given)
    last = path[-1]
    if last in _VM_LAST and (path[0] in ("vm", "module", "this") or last == "_compile"):
        return _made("code", module, call, path, given, given[0])
    if last == "Worker" and path[0] in ("worker_threads", "Worker") and len(given) > 1:
        option = pair(unwrap(given[1]), "eval") if unwrap(given[1]).type == "object" else None
        is_text = option is not None and option.type != "false"
        return _made("code", module, call, path, given, given[0]) if is_text else None
    if path in (("setTimeout",), ("setInterval",), ("setImmediate",)) and unwrap(given[0]).type not in FUNCTIONS:
        value = flow.value(given[0])
        return _made("code", module, call, path, given, given[0]) if value.foreign or "decoded" in value.tags else None
    if _is_command(path):
        return _made("command", module, call, path, given, given[0])
    if path in (("require",), ("import",)):
        if literal(unwrap(given[0])) is not None:
            return None
        value = flow.value(given[0])
        if path == ("import",) and (
            _DATA_URL.match(value.text or value.url) or _DATA_URL.match(module.quote(given[0].start_byte + 1))
        ):
            return _made("code", module, call, path, given, given[0])
        return _made("load", module, call, path, given, given[0]) if value.tags or value.text is not None else None
    return None


def _is_command(path: Path) -> bool:
    """Tell whether calling `path` starts a program."""
    return path[0] in _COMMAND_BASES and (
        path[-1] in _COMMAND_LAST or len(path) == 1 or path[0] in ("execa", "shelljs")
    )


def _spread(flow: "Flow", node: "Node") -> "list[Node]":
    """Return the elements of a spread array of this file; empty when it is not known."""
    inner = unwrap(node)
    if inner.type == "identifier":
        for found in flow.names.definitions(text_of(inner), inner)[:4]:
            if found.kind == "value" and not found.path:
                inner = unwrap(found.node)
                break
    return [child for child in inner.named_children if child.type != "comment"] if inner.type == "array" else []


def _code(module: "JavaScriptModule", call: "Node", path: Path, given: "list[Node]") -> Execution | None:
    """A code maker: the last argument is the code, the ones before are parameter names."""
    body = given[-1]
    if path == ("eval",) or path[-1] == "eval":
        body = given[0]
    elif any(child.type == "spread_element" for child in given):
        body = given[-1]
    if literal(unwrap(body)) is not None:
        return None
    names = []
    if path[-1] != "eval":
        for child in given[:-1]:
            text = module.flow.value(child).text
            names += [part.strip() for part in text.split(",")] if text is not None else ["?"]
    return _made("code", module, call, path, given, body, tuple(names))


def _made(
    kind: str,
    module: "JavaScriptModule",
    call: "Node",
    path: Path,
    given: "list[Node]",
    body: "Node",
    names: tuple[str, ...] = (),
) -> Execution:
    line, column = module.position(call.start_byte)
    value = module.flow.value(body) if body is not None else EMPTY
    return Execution(kind, shown(path), call, value, line, column, names, tuple(given), body)


def shown(path: Path) -> str:
    """Return a callee path as a person would write it."""
    return ".".join(part.lstrip("%") for part in path).replace(".()", "()")[:80]
