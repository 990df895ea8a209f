"""What a call gives back: network answers, decoded text, results of the module's own functions, or what went in."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lazaretto.parse.js_decode import decoded, string_method
from lazaretto.parse.js_functions import CALLERS, function_of, local_function, results
from lazaretto.parse.js_nodes import FUNCTIONS, arguments, callee_of, pair, parameters, text_of, unwrap
from lazaretto.parse.js_stores import assigned_property, methods
from lazaretto.parse.js_value import EMPTY, Path, Value
from lazaretto.parse.js_world import (
    ENVIRONMENT_KEEPERS,
    ITERATORS,
    chain_call,
    host_fact,
    network_call,
    secret_files,
    socket_call,
    who,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_flow import Flow

_ABSOLUTE = re.compile(
    r"(?i)(?:https?|wss?|ftp):?//|(?:\d{1,3}\.){3}\d{1,3}(?:[:/]|$)|[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\d+)?$"
)
"""A URL, or a bare host as the options of `http.request` take it."""


def call(flow: "Flow", node: "Node", depth: int) -> Value:
    """Return what is known of the result of a call or `new` expression."""
    target = callee_of(node)
    if target is None:
        return EMPTY
    path = flow.callee(target, depth)
    given = arguments(node)
    if network_call(path):
        return network(flow, node, path, given, depth)
    if socket_call(path):
        return Value(frozenset({"net", "socket"}), line=flow.module.line_of(node.start_byte)) | (
            address(flow, given[0], depth) if given else EMPTY
        )
    if host_fact(path) or who(path):
        return Value(frozenset({"host", f"who:{fact}"} if (fact := who(path)) else {"host"}))
    last = path[-1]
    if last in ("execSync", "exec", "spawnSync") and path[0] == "child_process":
        command = flow.value(given[0], depth).text if given else None
        if command and re.match(r"\s*(?:curl|wget|Invoke-WebRequest|iwr)\b", command):
            return Value(frozenset({"net", "url:const"}), line=flow.module.line_of(node.start_byte), url=command[:200])
        return EMPTY
    if last in ("readFileSync", "readFile", "createReadStream") and path[0] in ("fs", "fs/promises", "fs-extra"):
        return Value(frozenset({"file", *secrets(flow, given, depth)}))
    if path in (("require",), ("import",)):
        text = flow.value(given[0], depth).text if given else None
        if text and text.startswith((".", "@/", "~/")):
            return Value(frozenset({"import"}), imports=((text, "*"),))
        return EMPTY
    if node.type == "new_expression" and last == "Promise":
        return _promise(flow, given, depth)
    plain = decoded(flow, path, given, depth)
    if plain is not None:
        return plain
    if unwrap(target).type in FUNCTIONS:
        return returned(flow, unwrap(target), given, depth)
    if path[0].startswith("%") and len(path) == 1:
        function = local_function(flow, target)
        if function is not None:
            return returned(flow, function, given, depth)
    if path[0].startswith((".", "@/", "~/")) and len(path) <= 3:
        value = Value(frozenset({"import"}), imports=((path[0], path[-1] if len(path) > 1 else "default"),))
        return value | flow.union(given, depth).vague()
    return _method(flow, path, target, given, depth)


def secrets(flow: "Flow", given: "list[Node]", depth: int) -> list[str]:
    """Tags for the kinds of secrets that the first argument, a path, promises."""
    if not given:
        return []
    spelled = text_of(given[0])[:400] + " " + (flow.value(given[0], depth).text or "")
    for part in re.findall(r"[\w$]{1,60}", text_of(given[0])[:200])[:6]:
        for found in flow.names.definitions(part, given[0])[:2]:
            if found.kind == "value":
                spelled += " " + text_of(found.node)[:300]
    return [f"secret:{name}" for name in secret_files(spelled)]


def network(flow: "Flow", node: "Node", path: Path, given: "list[Node]", depth: int) -> Value:
    """A network call: its answer, and how its address is known."""
    tags = {"net", "chain"} if chain_call(path) else {"net"}
    if path[0] not in ("fetch", "$", "jQuery", "jquery", "XMLHttpRequest", "$fetch"):
        tags.add("client")
    answer = Value(frozenset(tags), line=flow.module.line_of(node.start_byte))
    if not given:
        return answer.having("url:other")
    return answer | address(flow, given[0], depth)


def address(flow: "Flow", node: "Node", depth: int) -> Value:
    """Describe how an address is known, as tags `url:KIND`."""
    node = unwrap(node)
    if node.type == "identifier":
        for found in flow.names.definitions(text_of(node), node):
            if found.kind == "value" and not found.path and unwrap(found.node).type == "object":
                node = unwrap(found.node)
    if node.type == "object":
        for name in ("url", "uri", "href", "hostname", "host", "baseURL"):
            inner = pair(node, name)
            if inner is not None:
                return address(flow, inner, depth)
        for name in ("url", "uri", "href", "hostname", "host") if not node.named_child_count else ():
            later = assigned_property(flow, name, depth)
            if later.text and _ABSOLUTE.match(later.text):
                return Value(frozenset({"url:const"}), url=later.text[:300])
        return Value(frozenset({"url:other"}))
    value = flow.value(node, depth)
    kinds = set()
    text = value.text if value.text is not None else value.url
    if value.tags & {"decoded", "unpacked"}:
        kinds.add("url:decoded")
    if "env" in value.tags or "env-all" in value.tags:
        kinds.add("url:env")
    if "import" in value.tags:
        kinds.add("url:import")
    if text and _ABSOLUTE.match(text):
        kinds.add("url:const")
    elif text and text.startswith(("/", "./", "../")):
        kinds.add("url:relative")
    if "param" in value.tags or not kinds:
        kinds.add("url:param" if "param" in value.tags else "url:other")
    return Value(frozenset(kinds), url=(text or "")[:300])


def returned(flow: "Flow", function: "Node", given: "list[Node]", depth: int) -> Value:
    """What a function of this file returns when called with these arguments."""
    if len(flow.frames) > 6:
        return flow.union(given, depth).vague()
    frame = {(function.start_byte, index): flow.value(node, depth) for index, node in enumerate(given[:8])}
    key = (-1, function.start_byte)
    if any(key in known for known in flow.frames):
        return EMPTY
    frame[key] = EMPTY
    flow.frames.append(frame)
    try:
        total = EMPTY
        for result in results(flow, function):
            total = total | flow.value(result, depth)
        return total
    finally:
        flow.frames.pop()


def passed_to(flow: "Flow", name: str, inside: "Node", index: int, depth: int) -> Value:
    """Union of the arguments at `index` of every call of `name` inside a node."""
    total = EMPTY
    pattern = re.compile(rb"(?<![\w$.])" + re.escape(name.encode()) + rb"\s*(?:\?\.)?\(")
    for count, hit in enumerate(pattern.finditer(flow.module.source, inside.start_byte, inside.end_byte)):
        if count >= CALLERS:
            break
        node = flow.module.at(hit.start(), hit.start() + len(name.encode()))
        call = node.parent if node is not None else None
        if call is not None and call.type == "call_expression":
            given = arguments(call)
            if len(given) > index:
                total = total | flow.value(given[index], depth)
    return total


def _promise(flow: "Flow", given: "list[Node]", depth: int) -> Value:
    """`new Promise((resolve, reject) => ...)`: what `resolve` and `reject` are called with."""
    executor = function_of(flow, given[0]) if given else None
    if executor is None:
        return EMPTY
    total = EMPTY
    for parameter in parameters(executor)[:2]:
        if parameter.type == "identifier":
            total = total | passed_to(flow, text_of(parameter), executor, 0, depth)
    return total


def _method(flow: "Flow", path: Path, target: "Node", given: "list[Node]", depth: int) -> Value:
    """A method of a value, or an unknown function: what goes in may come out."""
    last = path[-1]
    target = unwrap(target)
    holder = (
        target.child_by_field_name("object") if target.type in ("member_expression", "subscript_expression") else None
    )
    inner = flow.value(holder, depth) if holder is not None else EMPTY
    if last in ("then", "finally"):
        total = inner.vague()
        for callback in given[:2]:
            function = function_of(flow, callback)
            if function is not None:
                total = total | returned(flow, function, [holder] if holder is not None else [], depth)
        return total
    if last == "catch":
        return inner.vague()
    folded = string_method(flow, last, inner, holder, given, depth)
    if folded is not None:
        return folded
    if path[0] in ENVIRONMENT_KEEPERS or last in ENVIRONMENT_KEEPERS:
        return replace(inner | flow.union(given, depth), text=None)
    if last in ITERATORS:
        total = inner.vague()
        for callback in given[:1]:
            function = function_of(flow, callback)
            if function is not None and last in ("map", "flatMap", "reduce"):
                total = total | returned(flow, function, [], depth).vague()
        return total
    if path[0] in (
        "JSON",
        "Promise",
        "Object",
        "String",
        "Array",
        "util",
        "crypto",
        "Uint8Array",
        "TextDecoder",
        "Buffer",
    ):
        return (inner | flow.union(given, depth)).vague() if given else inner.vague()
    if (path[0] == "this" and len(path) == 2) or (path[0].startswith("%") and len(path) <= 3):
        own = EMPTY
        for function in methods(flow, last):
            own = own | returned(flow, function, given, depth)
        inner = inner | own
    plain = [child for child in given if unwrap(child).type not in FUNCTIONS]
    return (inner | flow.union(plain[:8], depth)).vague()
