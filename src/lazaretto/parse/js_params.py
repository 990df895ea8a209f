"""What a parameter holds: what callers give, what the function is a callback of, what a `try` block can fail with."""

import re
from typing import TYPE_CHECKING

from lazaretto.parse.js_calls import address, network, passed_to, secrets
from lazaretto.parse.js_functions import call_sites, local_function
from lazaretto.parse.js_nodes import FUNCTIONS, arguments, callee_of, parameters, text_of, unwrap
from lazaretto.parse.js_stores import emitted
from lazaretto.parse.js_value import EMPTY, Value
from lazaretto.parse.js_world import ITERATORS, network_call

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_flow import Flow

_NET_WORD = re.compile(
    rb"\.\s*(?:get|post|request|put|send|call)\s*(?:<[^()<>\n]{1,80}>\s*)?\("
    rb"|(?:fetch|axios|got|needle|request|http)\w{0,30}\s*(?:<[^()<>\n]{1,80}>\s*)?\(",
    re.IGNORECASE,
)


def parameter(flow: "Flow", function: "Node", index: int, depth: int) -> Value:
    """A parameter: what the callers give, or what the function is a callback of."""
    for frame in reversed(flow.frames):
        if (function.start_byte, index) in frame:
            return frame[function.start_byte, index]
        if (-1, function.start_byte) in frame:
            return EMPTY
    holder = function.parent
    child = function
    while holder is not None and holder.type in ("parenthesized_expression", "await_expression", "as_expression"):
        child, holder = holder, holder.parent
    if holder is None:
        return EMPTY
    if holder.type == "arguments" and holder.parent is not None:
        place = [c.id for c in holder.named_children if c.type != "comment"]
        position = place.index(child.id) if child.id in place else 0
        return _callback(flow, holder.parent, position, function, index, depth)
    if holder.type in ("call_expression", "new_expression"):
        given = arguments(holder)
        return flow.value(given[index], depth) if index < len(given) else EMPTY
    total = _called_with(flow, function, holder, index, depth)
    if holder.type == "assignment_expression" and index == 0:
        left = holder.child_by_field_name("left")
        event = left.child_by_field_name("property") if left is not None else None
        thing = left.child_by_field_name("object") if left is not None else None
        if event is not None and thing is not None and text_of(event).startswith("on"):
            total = total | flow.value(thing, depth).vague()
    if total == EMPTY:
        return Value(frozenset({"param"}), params=((function.start_byte, index),))
    return total


def caught(flow: "Flow", clause: "Node", depth: int) -> Value:
    """`catch (e)`: the failure branch of the network calls in the `try` block, and what it throws."""
    attempt = clause.parent
    body = attempt.child_by_field_name("body") if attempt is not None else None
    if body is None:
        return EMPTY
    total = EMPTY
    for count, hit in enumerate(_NET_WORD.finditer(flow.module.source, body.start_byte, body.end_byte)):
        if count >= 10:
            break
        node = flow.module.at(hit.end() - 1, hit.end())
        call = node.parent.parent if node is not None and node.parent is not None else None
        if call is not None and call.type in ("call_expression", "new_expression"):
            found = flow.value(call, depth)
            if found.foreign:
                total = total | found.vague()
    for count, hit in enumerate(re.finditer(rb"\bthrow\b", flow.module.source[body.start_byte : body.end_byte])):
        start = body.start_byte + hit.start()
        node = flow.module.at(start, start + 5)
        statement = node.parent if node is not None else None
        if count < 4 and statement is not None and statement.type == "throw_statement":
            total = total | flow.union(statement.named_children, depth).vague()
    return total.having("error") if total.foreign else total


def _called_with(flow: "Flow", function: "Node", holder: "Node", index: int, depth: int) -> Value:
    """Arguments at the call sites of a named function or method."""
    sites = flow.sites.get(function.id)
    if sites is None:
        sites = flow.sites[function.id] = call_sites(flow, function, holder)
    total = EMPTY
    for call, shift in sites:
        if shift < 0:  # handed over by name as a callback
            place = arguments(call)
            if -shift - 1 < len(place):
                total = total | _callback(flow, call, -shift - 1, function, index, depth)
            continue
        given = arguments(call)
        if index + shift < len(given):
            total = total | flow.value(given[index + shift], depth)
    return total


def _intercepted(flow: "Flow", call: "Node", depth: int) -> Value:
    """What a client's response interceptor sees: every answer; the address is the client's `baseURL`."""
    answer = Value(frozenset({"net", "client"}), line=flow.module.line_of(call.start_byte))
    found = re.search(rb"\bbaseURL\s*:\s*(?=\S)", flow.module.source)
    node = flow.module.at(found.start(), found.start() + 7) if found is not None else None
    value = node.parent.child_by_field_name("value") if node is not None and node.parent is not None else None
    return answer | (address(flow, value, depth) if value is not None else Value(frozenset({"url:other"})))


def _callback(flow: "Flow", call: "Node", position: int, function: "Node", index: int, depth: int) -> Value:
    """A function handed to a call: what the call will give it."""
    target = callee_of(call)
    if target is None:
        return EMPTY
    path = flow.callee(target, depth)
    last = path[-1]
    target = unwrap(target)
    holder = (
        target.child_by_field_name("object") if target.type in ("member_expression", "subscript_expression") else None
    )
    if path[-3:] == ("interceptors", "response", "use") and index == 0:
        return _intercepted(flow, call, depth).having(*(["error"] if position == 1 else []))
    if last in ("then", "finally") and holder is not None:
        inner = flow.value(holder, depth).vague()
        return inner.having("error") if position == 1 and inner.foreign else inner
    if last == "catch" and holder is not None:
        inner = flow.value(holder, depth).vague()
        return inner.having("error") if inner.foreign else inner
    if last in ("on", "once", "addEventListener", "addListener", "subscribe", "onmessage") and holder is not None:
        event = flow.value(arguments(call)[0], depth).text or "" if arguments(call) else ""
        if event in ("error", "close", "end", "finish", "connect", "open"):
            return EMPTY
        return flow.value(holder, depth).vague() | emitted(flow, event, index, depth)
    if network_call(path):
        if index == 0 and len(parameters(function)) > 1:
            return EMPTY
        return network(flow, call, path, arguments(call), depth)
    if last == "readFile" and index == 1:
        return Value(frozenset({"file", *secrets(flow, arguments(call), depth)}))
    if path[0] == "child_process":
        command = flow.value(arguments(call)[0], depth).text if arguments(call) else None
        if command and index >= 1 and re.match(r"\s*(?:curl|wget)\b", command):
            return Value(frozenset({"net", "url:const"}), line=flow.module.line_of(call.start_byte), url=command[:200])
        return EMPTY
    if last in ITERATORS and holder is not None:
        return flow.value(holder, depth).vague() if index <= 1 else EMPTY
    if path[0].startswith("%") and len(path) == 1 and (local := local_function(flow, target)) is not None:
        names = parameters(local)
        if position < len(names) and names[position].type == "identifier":
            return passed_to(flow, text_of(names[position]), local, index, depth)
        return EMPTY
    if last in ("setTimeout", "setInterval", "setImmediate", "nextTick", "describe", "it", "test", "Promise"):
        return EMPTY
    others = [n for n in arguments(call) if unwrap(n).type not in FUNCTIONS]
    inner = flow.value(holder, depth) if holder is not None else EMPTY
    return (inner | flow.union(others[:4], depth)).vague()
