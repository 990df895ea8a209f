"""What can be assigned to: names, members, patterns."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lazaretto.parse.js_eval import expressions
from lazaretto.parse.js_eval.native_array import items_of
from lazaretto.parse.js_eval.operators import binary
from lazaretto.parse.js_eval.scope import UNKNOWN, Scope
from lazaretto.parse.js_eval.values import NULL, Arr, Unresolved, number, tidy, truthy
from lazaretto.parse.js_nodes import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_eval.machine import Machine

Code = Callable[[Scope], object]
Put = Callable[[Scope, object], None]

__all__ = ["UNKNOWN", "assignment", "augmented", "bind", "reference", "update"]


def reference(m: "Machine", node: "Node") -> tuple[Code, Code]:
    """Return holder and key of a member expression as functions."""
    holder = expressions.compiled(m, expressions.part(node, "object"))
    name = node.child_by_field_name("property")
    if name is not None:
        if name.type != "property_identifier":
            raise Unresolved("private name")
        spelled = text_of(name)
        return holder, lambda scope: spelled
    return holder, expressions.compiled(m, expressions.part(node, "index"))


def assignment(m: "Machine", node: "Node") -> Code:
    """`target = value`."""
    put = _put(m, expressions.part(node, "left"))
    code = expressions.compiled(m, expressions.part(node, "right"))

    def run(scope: Scope) -> object:
        value = code(scope)
        put(scope, value)
        return value

    return run


def augmented(m: "Machine", node: "Node") -> Code:
    """`target += value` and its like."""
    left = expressions.part(node, "left")
    sign = text_of(expressions.part(node, "operator"))[:-1]
    right = expressions.compiled(m, expressions.part(node, "right"))
    if sign in ("&&", "||", "??"):
        read, write = expressions.compiled(m, left), _put(m, left)

        def short(scope: Scope) -> object:
            old = read(scope)
            keep = not truthy(old) if sign == "&&" else truthy(old) if sign == "||" else old not in (None, NULL)
            if keep:
                return old
            value = right(scope)
            write(scope, value)
            return value

        return short
    if left.type == "identifier":
        name = text_of(left)

        def named(scope: Scope) -> object:
            value = binary(sign, m.name(scope, name), right(scope))
            scope.set(name, value)
            return value

        return named
    holder, key = reference(m, left)

    def member(scope: Scope) -> object:
        owner, at = holder(scope), key(scope)
        value = binary(sign, m.member(owner, at), right(scope))
        m.put(owner, at, value)
        return value

    return member


def update(m: "Machine", node: "Node") -> Code:
    """`++` and `--`, before or after."""
    target = expressions.part(node, "argument")
    while target.type == "parenthesized_expression":
        target = expressions._only(target)  # noqa: SLF001 - sibling
    step = 1 if text_of(expressions.part(node, "operator")) == "++" else -1
    before = node.children[0].type in ("++", "--")
    if target.type == "identifier":
        name = text_of(target)

        def named(scope: Scope) -> object:
            old = number(m.name(scope, name))
            value = tidy(old + step)
            scope.set(name, value)
            return value if before else old

        return named
    holder, key = reference(m, target)

    def member(scope: Scope) -> object:
        owner, at = holder(scope), key(scope)
        old = number(m.member(owner, at))
        value = tidy(old + step)
        m.put(owner, at, value)
        return value if before else old

    return member


def _put(m: "Machine", target: "Node") -> Put:
    while target.type == "parenthesized_expression":
        target = expressions._only(target)  # noqa: SLF001 - sibling
    if target.type == "identifier":
        name = text_of(target)
        return lambda scope, value: scope.set(name, value)
    if target.type in ("member_expression", "subscript_expression"):
        holder, key = reference(m, target)
        return lambda scope, value: m.put(holder(scope), key(scope), value)
    if target.type in ("array_pattern", "object_pattern"):
        return bind(m, target, lambda scope, name, value: scope.set(name, value))
    raise Unresolved(target.type)


def bind(m: "Machine", pattern: "Node", place: Callable[[Scope, str, object], None]) -> Put:
    """Return a function that spreads a value over a pattern; `place(scope, name, value)` stores each name."""
    kind = pattern.type
    if kind in ("identifier", "shorthand_property_identifier_pattern"):
        name = text_of(pattern)
        return lambda scope, value: place(scope, name, value)
    if kind in ("member_expression", "subscript_expression"):
        return _put(m, pattern)
    if kind in ("assignment_pattern", "object_assignment_pattern"):
        inner = bind(m, expressions.part(pattern, "left"), place)
        default = expressions.compiled(m, expressions.part(pattern, "right"))
        return lambda scope, value: inner(scope, default(scope) if value is None else value)
    if kind == "array_pattern":
        return _bind_array(m, pattern, place)
    if kind == "object_pattern":
        return _bind_object(m, pattern, place)
    raise Unresolved(kind)


def _bind_array(m: "Machine", pattern: "Node", place: Callable[[Scope, str, object], None]) -> Put:
    parts: list[tuple[int, bool, Put]] = []
    at = 0
    for child in pattern.children[1:-1]:
        if child.type == ",":
            at += 1
        elif child.type == "rest_pattern":
            parts.append((at, True, bind(m, expressions._only(child), place)))  # noqa: SLF001 - sibling
        elif child.type != "comment":
            parts.append((at, False, bind(m, child, place)))

    def run(scope: Scope, value: object) -> None:
        items = items_of(value)
        for at, rest, put in parts:
            if rest:
                put(scope, Arr(items[at:]))
            else:
                put(scope, items[at] if at < len(items) else None)

    return run


def _bind_object(m: "Machine", pattern: "Node", place: Callable[[Scope, str, object], None]) -> Put:
    parts: list[tuple[Code, Put]] = []
    for child in pattern.named_children:
        if child.type == "comment":
            continue
        if child.type == "pair_pattern":
            key = expressions._key(m, expressions.part(child, "key"))  # noqa: SLF001 - sibling
            parts.append((key, bind(m, expressions.part(child, "value"), place)))
            continue
        inner = child.child_by_field_name("left") if child.type == "object_assignment_pattern" else child
        if inner is None or inner.type != "shorthand_property_identifier_pattern":
            raise Unresolved(child.type)
        parts.append((_constant(text_of(inner)), bind(m, child, place)))

    def run(scope: Scope, value: object) -> None:
        for key, put in parts:
            put(scope, m.member(value, key(scope)))

    return run


def _constant(value: object) -> Code:
    return lambda scope: value
