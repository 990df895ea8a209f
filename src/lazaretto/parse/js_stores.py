"""Values that travel through a container: pushed into an array, set on an object, emitted, kept in a method.

Each question is one search for a name with a bounded number of hits, judged by syntax and remembered.
"""

import re
from typing import TYPE_CHECKING

from lazaretto.parse.js_nodes import FUNCTIONS, arguments, unwrap
from lazaretto.parse.js_value import EMPTY, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_flow import Flow

HITS = 8
"""Sightings of a name that are followed per question."""
SCANNED = 3_000
"""Sightings of a name that are looked at in the text."""

_NAME = re.compile(r"[\w$]{1,60}")
_PUSH = re.compile(rb"\s*\.\s*(?:push|unshift|set|append)\s*\(")
_FILL = re.compile(rb"\s*(?:\.\s*[\w$]{1,60}|\[[^\]\n]{1,80}\])\s*=(?![=>])")
_ASSIGN = re.compile(rb"\s*\+?=(?!=)")
_METHOD = re.compile(rb"\s*(?:\([^()]{0,200}\)\s*\{|[:=]\s*(?:async\b|function\b|\(|[\w$]{1,60}\s*=>))")
_EMIT = re.compile(rb"\s*\(\s*[\"'`]([^\"'`\n]{1,60})[\"'`]\s*,")


def pushed(flow: "Flow", name: str, depth: int) -> Value:
    """Union of what is pushed into the array of this name."""
    total = EMPTY
    for node in _hits(flow, name, _PUSH):
        up = node.parent
        call = up.parent if up is not None else None
        if up is not None and up.type == "member_expression" and call is not None and call.type == "call_expression":
            total = total | flow.union(arguments(call)[:4], depth).vague()
    return total


def filled(flow: "Flow", name: str, depth: int) -> Value:
    """Union of what is assigned to the properties of the object of this name: `o.k = v`, `o["k"] = v`."""
    total = EMPTY
    for node in _hits(flow, name, _FILL):
        up = node.parent
        whole = up.parent if up is not None and up.type in ("member_expression", "subscript_expression") else None
        right = whole.child_by_field_name("right") if whole is not None else None
        if right is not None and whole is not None and whole.type == "assignment_expression":
            total = total | flow.value(right, depth).vague()
    return total


def assigned_property(flow: "Flow", name: str, depth: int) -> Value:
    """Union of everything that is assigned to `.name` in this file (`this.name = ...`)."""
    total = EMPTY
    for node in _hits(flow, name, _ASSIGN):
        up = node.parent
        whole = up.parent if up is not None and up.type == "member_expression" else None
        if whole is not None and whole.type in ("assignment_expression", "augmented_assignment_expression"):
            right = whole.child_by_field_name("right")
            left = whole.child_by_field_name("left")
            if right is not None and left is not None and up is not None and left.id == up.id:
                total = total | flow.value(right, depth)
    return total


def emitted(flow: "Flow", event: str, index: int, depth: int) -> Value:
    """Union of what is emitted under this event name in the same file."""
    total = EMPTY
    for node in _hits(flow, "emit", _EMIT) if event else ():
        call = node.parent.parent if node.parent is not None else None
        if call is not None and call.type == "call_expression":
            given = arguments(call)
            if index + 1 < len(given) and (given[0].text or b"")[1:-1] == event.encode():
                total = total | flow.value(given[index + 1], depth)
    return total


def methods(flow: "Flow", name: str) -> "tuple[Node, ...]":
    """Return the functions of this file that are methods of this name: in classes, object literals, assigned."""
    if len(name) < 3:
        return ()
    found: list[Node] = []
    for node in _hits(flow, name, _METHOD):
        up = node.parent
        if up is None:
            continue
        if up.type == "method_definition":
            found.append(up)
            continue
        value = None
        if up.type in ("pair", "field_definition", "public_field_definition"):
            value = up.child_by_field_name("value")
        elif up.type == "member_expression" and up.parent is not None and up.parent.type == "assignment_expression":
            value = up.parent.child_by_field_name("right")
        if value is not None and unwrap(value).type in FUNCTIONS:
            found.append(unwrap(value))
    return tuple(found[:3])


def _hits(flow: "Flow", name: str, after: "re.Pattern[bytes]") -> "tuple[Node, ...]":
    """Return the nodes of the first few sightings of a name that are followed by a pattern."""
    key = (name, after.pattern)
    known = flow.sightings.get(key)
    if known is not None:
        return known
    found: list[Node] = []
    if _NAME.fullmatch(name) and not (flow.module.minified and len(name) < 4):
        source, word = flow.module.source, name.encode()
        at, scanned = -1, 0
        while (at := source.find(word, at + 1)) >= 0 and scanned < SCANNED and len(found) < HITS:
            scanned += 1
            before = source[at - 1 : at]
            if before.isalnum() or before in (b"_", b"$") or after.match(source, at + len(word)) is None:
                continue
            node = flow.module.at(at, at + len(word))
            if node is not None and node.text == word:
                found.append(node)
    flow.sightings[key] = tuple(found)
    return flow.sightings[key]
