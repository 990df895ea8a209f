"""Expressions: each syntax node becomes a Python function of the scope, once.

`compiled(machine, node)(scope)` is the value. Making closures first is several times faster than walking the tree
again for every turn of a loop.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from lazaretto.parse.js_eval import targets
from lazaretto.parse.js_eval.native_array import items_of
from lazaretto.parse.js_eval.operators import binary, unary
from lazaretto.parse.js_eval.scope import Scope
from lazaretto.parse.js_eval.values import (
    NULL,
    Arr,
    Fn,
    Obj,
    Regex,
    Unresolved,
    kind,
    number,
    text,
    tidy,
    truthy,
    units,
)
from lazaretto.parse.js_nodes import FUNCTIONS, text_of, unescape

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_eval.machine import Machine

Code = Callable[[Scope], object]

_OCTAL = re.compile(r"0[0-7]+")


def compiled(m: "Machine", node: "Node") -> Code:
    """Return the expression as a function.

    Raises:
        Unresolved: the evaluator does not know this kind of expression.
    """
    code = m.expressions.get(node.id)
    if code is None:
        code = m.expressions[node.id] = _compile(m, node)
    return code


def part(node: "Node", name: str) -> "Node":
    """Return a child that must be there."""
    child = node.child_by_field_name(name)
    if child is None:
        raise Unresolved("syntax")
    return child


def number_literal(spelled: str) -> object:
    """Return the value of a numeric literal."""
    spelled = spelled.replace("_", "")
    if spelled.endswith("n"):
        raise Unresolved("big integer")
    if len(spelled) > 320:
        raise Unresolved("number")
    if _OCTAL.fullmatch(spelled):
        return int(spelled, 8)
    return number(spelled)


def string_literal(node: "Node") -> str:
    """Return the value of a string literal."""
    return units(unescape(text_of(node)[1:-1]))


def _compile(m: "Machine", node: "Node") -> Code:
    match node.type:
        case "string":
            return _constant(string_literal(node))
        case "number":
            return _constant(number_literal(text_of(node)))
        case "true" | "false":
            return _constant(node.type == "true")
        case "null":
            return _constant(NULL)
        case "undefined":
            return _constant(None)
        case "identifier":
            name = text_of(node)
            return lambda scope: m.name(scope, name)
        case "this":
            return lambda scope: _this(m, scope)
        case "parenthesized_expression":
            return compiled(m, _only(node))
        case "sequence_expression":
            parts = [compiled(m, child) for child in node.named_children if child.type != "comment"]
            return lambda scope: [code(scope) for code in parts][-1]
        case "template_string":
            return _template(m, node)
        case "binary_expression":
            return _binary(m, node)
        case "unary_expression":
            return _unary(m, node)
        case "ternary_expression":
            test, yes, no = (compiled(m, part(node, n)) for n in ("condition", "consequence", "alternative"))
            return lambda scope: yes(scope) if truthy(test(scope)) else no(scope)
        case "assignment_expression":
            return targets.assignment(m, node)
        case "augmented_assignment_expression":
            return targets.augmented(m, node)
        case "update_expression":
            return targets.update(m, node)
        case "member_expression" | "subscript_expression":
            holder, key = targets.reference(m, node)
            if node.child_by_field_name("optional_chain") is not None:
                return lambda scope: None if (h := holder(scope)) is None or h is NULL else m.member(h, key(scope))
            return lambda scope: m.member(holder(scope), key(scope))
        case "call_expression" | "new_expression":
            return _call(m, node)
        case "array":
            return _array(m, node)
        case "object":
            return _object(m, node)
        case "regex":
            pattern, flags = node.child_by_field_name("pattern"), node.child_by_field_name("flags")
            source, how = text_of(pattern) if pattern else "", text_of(flags) if flags else ""
            return lambda scope: Regex(source, how)
    if node.type in FUNCTIONS and not text_of(node)[:6].startswith("async") and not node.type.startswith("gen"):
        arrow = node.type == "arrow_function"
        return lambda scope: Fn(node, scope, arrow=arrow, this=_this(m, scope, quiet=True) if arrow else None)
    raise Unresolved(node.type)


def _constant(value: object) -> Code:
    return lambda scope: value


def _only(node: "Node") -> "Node":
    for child in node.named_children:
        if child.type != "comment":
            return child
    raise Unresolved("syntax")


def _this(m: "Machine", scope: Scope, *, quiet: bool = False) -> object:
    up: Scope | None = scope
    while up is not None:
        if up.this is not targets.UNKNOWN:
            return up.this
        up = up.parent
    if quiet:
        return targets.UNKNOWN
    raise Unresolved("this")


def _template(m: "Machine", node: "Node") -> Code:
    parts: list[Code] = []
    at = node.start_byte + 1
    source = node.text or b""
    for child in node.named_children:
        if child.type != "template_substitution":
            continue
        parts.append(_constant(_raw(source[at - node.start_byte : child.start_byte - node.start_byte])))
        inner = compiled(m, _only(child))
        parts.append(_as_text(inner))
        at = child.end_byte
    parts.append(_constant(_raw(source[at - node.start_byte : -1])))
    return lambda scope: "".join([str(code(scope)) for code in parts])


def _as_text(code: Code) -> Code:
    return lambda scope: text(code(scope))


def _raw(piece: bytes) -> str:
    return units(unescape(piece.decode("utf-8", "replace")))


def _binary(m: "Machine", node: "Node") -> Code:
    sign = text_of(part(node, "operator"))
    if sign in ("&&", "||", "??"):
        left, right = compiled(m, part(node, "left")), compiled(m, part(node, "right"))
        if sign == "&&":
            return lambda scope: right(scope) if truthy(value := left(scope)) else value
        if sign == "||":
            return lambda scope: value if truthy(value := left(scope)) else right(scope)
        return lambda scope: right(scope) if (value := left(scope)) is None or value is NULL else value
    spine: list[Node] = []
    inner: Node = node
    while inner.type == "binary_expression" and text_of(part(inner, "operator")) == sign:
        spine.append(part(inner, "right"))
        inner = part(inner, "left")
    first = compiled(m, inner)
    rest = [compiled(m, one) for one in reversed(spine)]
    if len(rest) == 1:
        second = rest[0]
        return lambda scope: binary(sign, first(scope), second(scope))

    def chain(scope: Scope) -> object:
        total = first(scope)
        for code in rest:
            total = binary(sign, total, code(scope))
        m.spend(len(rest) >> 2)
        return total

    return chain


def _unary(m: "Machine", node: "Node") -> Code:
    sign = text_of(part(node, "operator"))
    argument = part(node, "argument")
    if sign == "typeof" and argument.type == "identifier":
        name = text_of(argument)
        return lambda scope: _typeof(m, scope, name)
    if sign == "delete":
        raise Unresolved("delete")
    code = compiled(m, argument)
    return lambda scope: unary(sign, code(scope))


def _typeof(m: "Machine", scope: Scope, name: str) -> str:
    try:
        return kind(scope.get(name))
    except KeyError:
        if name in m.realm.top.props:
            return kind(m.realm.top.props[name])
        raise Unresolved(name) from None


def _call(m: "Machine", node: "Node") -> Code:
    new = node.type == "new_expression"
    target = part(node, "constructor" if new else "function")
    while target.type == "parenthesized_expression":
        target = _only(target)
    given = arguments(m, node)
    if new:
        maker = compiled(m, target)
        return lambda scope: m.construct(maker(scope), given(scope))
    if target.type in ("member_expression", "subscript_expression"):
        holder, key = targets.reference(m, target)

        def method(scope: Scope) -> object:
            this = holder(scope)
            return m.call(m.member(this, key(scope)), this, given(scope))

        return method
    code = compiled(m, target)
    return lambda scope: m.call(code(scope), m.realm.top, given(scope))


def arguments(m: "Machine", node: "Node") -> Callable[[Scope], list[object]]:
    """Return the argument list of a call as a function."""
    holder = node.child_by_field_name("arguments")
    listed = [child for child in holder.named_children if child.type != "comment"] if holder is not None else []
    return _items(m, listed)


def _items(m: "Machine", listed: "list[Node]") -> Callable[[Scope], list[object]]:
    if not any(child.type == "spread_element" for child in listed):
        codes = [compiled(m, child) for child in listed]
        return lambda scope: [code(scope) for code in codes]
    mixed = [(child.type == "spread_element", compiled(m, _spread(child))) for child in listed]

    def several(scope: Scope) -> list[object]:
        made: list[object] = []
        for many, code in mixed:
            if many:
                made.extend(items_of(code(scope)))
            else:
                made.append(code(scope))
        return made

    return several


def _spread(node: "Node") -> "Node":
    return _only(node) if node.type == "spread_element" else node


def _array(m: "Machine", node: "Node") -> Code:
    listed: list[Node] = []
    holes = 0
    for child in node.children[1:-1]:  # a comma without an element before it is a hole
        if child.type == ",":
            holes += 1
            if holes > len(listed):
                raise Unresolved("hole")
        elif child.type != "comment":
            listed.append(child)
    items = _items(m, listed)
    return lambda scope: Arr(items(scope))


def _object(m: "Machine", node: "Node") -> Code:
    pairs: list[tuple[Code, Code]] = []
    for child in node.named_children:
        if child.type == "comment":
            continue
        if child.type == "pair":
            pairs.append((_key(m, part(child, "key")), compiled(m, part(child, "value"))))
        elif child.type == "shorthand_property_identifier":
            name = text_of(child)
            pairs.append((_constant(name), lambda scope, name=name: m.name(scope, name)))  # type: ignore[misc]
        elif child.type == "method_definition":
            if child.child_count and child.children[0].type in ("get", "set", "async", "static", "*"):
                raise Unresolved("accessor")
            pairs.append((_key(m, part(child, "name")), lambda scope, f=child: Fn(f, scope, arrow=False)))  # type: ignore[misc]
        else:
            raise Unresolved(child.type)

    def make(scope: Scope) -> object:
        return Obj({text(key(scope)): value(scope) for key, value in pairs})

    return make


def _key(m: "Machine", node: "Node") -> Code:
    if node.type == "property_identifier":
        return _constant(text_of(node))
    if node.type == "string":
        return _constant(string_literal(node))
    if node.type == "number":
        return _constant(tidy(number(number_literal(text_of(node)))))
    if node.type == "computed_property_name":
        return compiled(m, _only(node))
    raise Unresolved(node.type)
