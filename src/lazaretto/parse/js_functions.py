"""Functions of a module: which one a name means, what it returns, and who calls it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from lazaretto.parse.js_names import FEW
from lazaretto.parse.js_nodes import FUNCTIONS, enclosing_function, literal, text_of, unwrap

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_flow import Flow

CALLERS = 12
"""Call sites followed per function."""

_CALLED = re.compile(rb"\s*(?:\?\.)?\s*(?:\.\s*(call|apply)\s*)?([(),])")


def function_of(flow: "Flow", node: "Node", hops: int = 4) -> "Node | None":
    """Return the function that an expression is or names, if this file defines it."""
    node = unwrap(node)
    if node.type in FUNCTIONS:
        return node
    if node.type == "identifier" and hops:
        for found in flow.names.definitions(text_of(node), node):
            if found.kind == "function":
                return found.node
            if found.kind == "value" and not found.path:
                inner = unwrap(found.node)
                if inner.type in FUNCTIONS:
                    return inner
                if inner.type == "identifier":
                    return function_of(flow, inner, hops - 1)
    return None


def local_function(flow: "Flow", target: "Node") -> "Node | None":
    """Return the function of this file that an identifier names."""
    target = unwrap(target)
    return function_of(flow, target) if target.type == "identifier" else None


def function_name(function: "Node", holder: "Node") -> tuple[str, bool]:
    """Return a function's name and whether it is called as a method; an empty name when it has none."""
    own = function.child_by_field_name("name")
    if function.type == "method_definition":
        return (text_of(own) if own is not None else "", True)
    if holder.type == "variable_declarator":
        name = holder.child_by_field_name("name")
        return (text_of(name) if name is not None and name.type == "identifier" else "", False)
    if holder.type == "assignment_expression":
        left = holder.child_by_field_name("left")
        if left is not None and left.type == "identifier":
            return text_of(left), False
        if left is not None and left.type == "member_expression":
            name = left.child_by_field_name("property")
            return (text_of(name) if name is not None else "", True)
    if holder.type == "pair":
        key = holder.child_by_field_name("key")
        return (literal(key) or text_of(key) if key is not None else "", True)
    return (text_of(own), False) if own is not None else ("", False)


def results(flow: "Flow", function: "Node") -> "list[Node]":
    """Return the expressions that a function returns, at most 12."""
    body = function.child_by_field_name("body")
    if body is None:
        return []
    if body.type != "statement_block":
        return [body]
    found: list[Node] = []
    for hit in re.finditer(rb"\breturn\b", flow.module.source[body.start_byte : body.end_byte]):
        start = body.start_byte + hit.start()
        node = flow.module.at(start, start + 6)
        statement = node.parent if node is not None else None
        if statement is None or statement.type != "return_statement":
            continue
        owner = enclosing_function(statement)
        if owner is not None and owner.id == function.id and statement.named_child_count:
            found.append(statement.named_children[0])
            if len(found) >= 12:
                break
    return found


def call_sites(flow: "Flow", function: "Node", holder: "Node") -> "tuple[tuple[Node, int], ...]":
    """Calls of a function with the shift of their arguments; -1-n when it is itself argument n of the call."""
    name, method = function_name(function, holder)
    if not name or (method and len(name) < 3):
        return ()
    source, word = flow.module.source, name.encode()
    found: list[tuple[Node, int]] = []
    tried = 0
    for at, way, sign in _called(source, word, method=method):
        if tried >= 200:
            break
        tried += 1
        node = flow.module.at(at, at + len(word))
        if node is None or (not method and not _is(flow, node, function)):
            continue
        up = node.parent
        if sign != b"(":
            if up is not None and up.type == "arguments" and up.parent is not None:
                place = [c.id for c in up.named_children if c.type != "comment"]
                found.append((up.parent, -1 - place.index(node.id) if node.id in place else -1))
        else:
            for _ in range(2):
                if up is not None and up.type == "member_expression":
                    up = up.parent
            if up is None or up.type not in ("call_expression", "new_expression"):
                continue
            found.append((up, 1 if way == b"call" else 0))
        if len(found) >= CALLERS:
            break
    return tuple(found)


def _called(source: bytes, word: bytes, *, method: bool) -> Iterator[tuple[int, bytes | None, bytes]]:
    """Yield where a name is called or handed on: its offset, `call` or `apply`, and the sign behind it."""
    if source.count(word) > FEW:
        for hit in _call_of(word, method=method).finditer(source):
            yield hit.start(), hit.group(1), hit.group(2)
        return
    at = -1
    while (at := source.find(word, at + 1)) >= 0:
        before = source[at - 1 : at]
        if (before == b".") is not method or before.isalnum() or before in (b"_", b"$"):
            continue
        if (found := _CALLED.match(source, at + len(word))) is not None:
            yield at, found.group(1), found.group(2)


@lru_cache(maxsize=1024)
def _call_of(word: bytes, *, method: bool) -> re.Pattern[bytes]:
    """The name first: that lets the search jump from one sighting to the next."""
    name = re.escape(word)
    before = rb"(?<=\." if method else rb"(?<![\w$.]"
    return re.compile(name + before + name + rb")(?=" + _CALLED.pattern + rb")")


def _is(flow: "Flow", name: "Node", function: "Node") -> bool:
    """Tell whether an identifier means this function."""
    for found in flow.names.definitions(text_of(name), name)[:12]:
        if found.node.id == function.id or (found.kind == "value" and unwrap(found.node).id == function.id):
            return True
    return False
