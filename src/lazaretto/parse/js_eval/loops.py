"""Loops and `switch`."""

from typing import TYPE_CHECKING

from lazaretto.parse.js_eval import expressions, statements, targets
from lazaretto.parse.js_eval.native_array import items_of
from lazaretto.parse.js_eval.operators import same
from lazaretto.parse.js_eval.scope import Scope
from lazaretto.parse.js_eval.statements import Code, End
from lazaretto.parse.js_eval.values import Arr, Obj, Unresolved, truthy
from lazaretto.parse.js_nodes import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_eval.machine import Machine


def compiled(m: "Machine", node: "Node") -> Code:
    """Return a loop or `switch` as a function."""
    label = ""
    if node.parent is not None and node.parent.type == "labeled_statement":
        label = text_of(expressions.part(node.parent, "label"))
    match node.type:
        case "for_statement":
            return _for(m, node, label)
        case "for_in_statement":
            return _each(m, node, label)
        case "switch_statement":
            return _switch(m, node)
    test = expressions.compiled(m, expressions.part(node, "condition"))
    body = statements.compiled(m, expressions.part(node, "body"))
    first = node.type == "do_statement"

    def run(scope: Scope) -> End | None:
        skip = first
        while skip or truthy(test(scope)):
            skip = False
            m.spend(1)
            end = body(scope)
            if end is not None and not _goes_on(end, label):
                return None if _stops(end, label) else end
        return None

    return run


def _goes_on(end: End, label: str) -> bool:
    return end.kind == "continue" and end.label in ("", label)


def _stops(end: End, label: str) -> bool:
    return end.kind == "break" and end.label in ("", label)


def _for(m: "Machine", node: "Node", label: str) -> Code:
    start, test, step = (node.child_by_field_name(n) for n in ("initializer", "condition", "increment"))
    begin = (
        statements.compiled(m, start)
        if start is not None and start.type.endswith(("declaration", "statement"))
        else None
    )
    first = expressions.compiled(m, start) if start is not None and begin is None else None
    if test is not None and test.type in ("expression_statement", "empty_statement"):
        test = test.named_children[0] if test.named_child_count else None
    check = expressions.compiled(m, test) if test is not None else None
    after = expressions.compiled(m, step) if step is not None else None
    body = statements.compiled(m, expressions.part(node, "body"))

    def run(scope: Scope) -> End | None:
        inner = Scope(scope)
        if begin is not None:
            begin(inner)
        elif first is not None:
            first(inner)
        while check is None or truthy(check(inner)):
            m.spend(1)
            end = body(inner)
            if end is not None and not _goes_on(end, label):
                return None if _stops(end, label) else end
            if after is not None:
                after(inner)
        return None

    return run


def _each(m: "Machine", node: "Node", label: str) -> Code:
    left, operator = expressions.part(node, "left"), text_of(expressions.part(node, "operator"))
    declared = node.child_by_field_name("kind") is not None
    place = statements._declare if declared else lambda scope, name, value: scope.set(name, value)  # noqa: SLF001
    put = targets.bind(m, left, place)
    over = expressions.compiled(m, expressions.part(node, "right"))
    body = statements.compiled(m, expressions.part(node, "body"))

    def run(scope: Scope) -> End | None:
        value = over(scope)
        if operator == "of":
            items = items_of(value)
        elif isinstance(value, Arr):
            items = [str(at) for at in range(len(value.items))]
        elif isinstance(value, Obj):
            items = list(value.props)
        else:
            raise Unresolved("for in")
        for one in items:
            m.spend(1)
            inner = Scope(scope)
            put(inner, one)
            end = body(inner)
            if end is not None and not _goes_on(end, label):
                return None if _stops(end, label) else end
        return None

    return run


def _switch(m: "Machine", node: "Node") -> Code:
    value = expressions.compiled(m, expressions.part(node, "value"))
    cases: list[tuple[expressions.Code | None, list[Code]]] = []
    for child in expressions.part(node, "body").named_children:
        if child.type not in ("switch_case", "switch_default"):
            continue
        given = child.child_by_field_name("value")
        test = expressions.compiled(m, given) if given is not None else None
        parts = [c for c in child.named_children if given is None or c.id != given.id]
        cases.append((test, [statements.compiled(m, c) for c in parts if c.type != "comment"]))

    def run(scope: Scope) -> End | None:
        m.spend(1)
        wanted = value(scope)
        inner = Scope(scope)
        start = next((i for i, (test, _) in enumerate(cases) if test is not None and same(test(inner), wanted)), None)
        if start is None:
            start = next((i for i, (test, _) in enumerate(cases) if test is None), len(cases))
        for _, codes in cases[start:]:
            for code in codes:
                end = code(inner)
                if end is not None:
                    return None if _stops(end, "") else end
        return None

    return run
