"""Statements and function bodies, compiled like expressions; a statement returns how it ended.

None = went on; otherwise an `End`: break, continue (with a label) or return (with a value).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lazaretto.parse.js_eval import expressions, targets
from lazaretto.parse.js_eval.scope import UNKNOWN, Scope
from lazaretto.parse.js_eval.values import Arr, Fn, Thrown, Unresolved, truthy
from lazaretto.parse.js_nodes import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_eval.machine import Machine


class End:
    """Why a statement did not go on to the next one."""

    __slots__ = ("kind", "label", "value")

    def __init__(self, kind: str, value: object = None, label: str = "") -> None:
        """`kind` is `break`, `continue` or `return`."""
        self.kind = kind
        self.value = value
        self.label = label


Code = Callable[[Scope], "End | None"]
_BREAK, _CONTINUE = End("break"), End("continue")


def compiled(m: "Machine", node: "Node") -> Code:
    """Return the statement as a function.

    Raises:
        Unresolved: the evaluator does not know this kind of statement.
    """
    code = m.statements.get(node.id)
    if code is None:
        code = m.statements[node.id] = _compile(m, node)
    return code


def invoke(m: "Machine", function: Fn, this: object, given: list[object]) -> object:
    """Run a function of the script."""
    node = function.node
    scope = Scope(function.scope, m.infos.get(node.id))
    scope.this = function.bound_this if function.arrow else this
    own = node.child_by_field_name("name")
    if own is not None and node.type == "function_expression":
        scope.vars[text_of(own)] = function
    key = -node.id
    body = m.statements.get(key)
    if body is None:
        body = m.statements[key] = _function(m, node)
    scope.vars["arguments"] = Arr(given) if not function.arrow else UNKNOWN
    if function.arrow:
        del scope.vars["arguments"]
    scope.vars["%given"] = Arr(given)
    end = body(scope)
    return end.value if end is not None and end.kind == "return" else None


def _function(m: "Machine", node: "Node") -> Code:
    single, holder = node.child_by_field_name("parameter"), node.child_by_field_name("parameters")
    listed = [single] if single is not None else holder.named_children if holder is not None else []
    puts: list[tuple[int, bool, targets.Put]] = []
    for at, one in enumerate(child for child in listed if child.type != "comment"):
        rest = one.type == "rest_pattern"
        inner = one.named_children[0] if rest else one
        puts.append((at, rest, targets.bind(m, inner, _declare)))
    body = expressions.part(node, "body")
    hoist = hoisted(m, node)
    work = _sequence(m, body) if body.type == "statement_block" else _answer(expressions.compiled(m, body))

    def run(scope: Scope) -> End | None:
        given = scope.vars.pop("%given")
        items = given.items if isinstance(given, Arr) else []
        hoist(scope)
        for at, rest, put in puts:
            put(scope, Arr(items[at:]) if rest else items[at] if at < len(items) else None)
        return work(scope)

    return run


def _answer(value: expressions.Code) -> Code:
    return lambda scope: End("return", value(scope))


def _declare(scope: Scope, name: str, value: object) -> None:
    scope.lazy.pop(name, None)
    scope.vars[name] = value


def hoisted(m: "Machine", node: "Node") -> Callable[[Scope], None]:
    """Return what makes the names that a function or block declares."""
    info = m.infos.get(node.id)
    functions = (
        [
            (n, b.node)
            for n, b in info.names.items()
            if b.kind == "function" and b.node is not None and b.node.id != node.id
        ]
        if info
        else []
    )
    names = [n for n, b in info.names.items() if b.kind == "var"] if info else []

    def run(scope: Scope) -> None:
        for name in names:
            scope.vars.setdefault(name, None)
        for name, function in functions:
            scope.vars[name] = Fn(function, scope, arrow=False)

    return run


def run_program(m: "Machine", root: "Node", scope: Scope) -> object:
    """Run a program's statements in a scope; return the last expression's value."""
    hoisted(m, root)(scope)
    last: object = None
    for child in root.named_children:
        m.spend(1)
        if child.type == "expression_statement" and child.named_child_count:
            last = expressions.compiled(m, child.named_children[0])(scope)
        elif child.type != "comment":
            compiled(m, child)(scope)
    return last


def _sequence(m: "Machine", node: "Node") -> Code:
    codes = [compiled(m, child) for child in node.named_children if child.type not in ("comment", "empty_statement")]

    def run(scope: Scope) -> End | None:
        m.spend(len(codes))
        for code in codes:
            if (end := code(scope)) is not None:
                return end
        return None

    return run


def _compile(m: "Machine", node: "Node") -> Code:
    match node.type:
        case "expression_statement":
            code = expressions.compiled(m, node.named_children[0])

            def run(scope: Scope) -> End | None:
                code(scope)
                return None

            return run
        case "variable_declaration" | "lexical_declaration":
            return _declaration(m, node)
        case "function_declaration" | "empty_statement" | "comment" | "debugger_statement":
            return lambda scope: None
        case "return_statement":
            if not node.named_child_count:
                return lambda scope: End("return")
            value = expressions.compiled(m, node.named_children[0])
            return lambda scope: End("return", value(scope))
        case "if_statement":
            return _if(m, node)
        case "statement_block":
            return _block(m, node)
        case "for_statement" | "while_statement" | "do_statement" | "for_in_statement" | "switch_statement":
            from lazaretto.parse.js_eval import loops

            return loops.compiled(m, node)
        case "break_statement" | "continue_statement":
            label = node.child_by_field_name("label")
            end = _BREAK if node.type == "break_statement" else _CONTINUE
            if label is not None:
                end = End(end.kind, None, text_of(label))
            return lambda scope: end
        case "labeled_statement":
            return _labelled(m, node)
        case "try_statement":
            return _try(m, node)
        case "throw_statement":
            thrown = expressions.compiled(m, node.named_children[0])

            def throw(scope: Scope) -> End | None:
                raise Thrown(thrown(scope))

            return throw
    raise Unresolved(node.type)


def _declaration(m: "Machine", node: "Node") -> Code:
    parts: list[tuple[targets.Put, expressions.Code | None]] = []
    var = node.type == "variable_declaration"
    for child in node.named_children:
        if child.type != "variable_declarator":
            continue
        value = child.child_by_field_name("value")
        place = _declare if not var else lambda scope, name, value: scope.set(name, value)
        put = targets.bind(m, expressions.part(child, "name"), place)
        if value is not None or not var:
            parts.append((put, expressions.compiled(m, value) if value is not None else None))

    def run(scope: Scope) -> End | None:
        for put, code in parts:
            put(scope, code(scope) if code is not None else None)
        return None

    return run


def _if(m: "Machine", node: "Node") -> Code:
    test = expressions.compiled(m, expressions.part(node, "condition"))
    yes = compiled(m, expressions.part(node, "consequence"))
    other = node.child_by_field_name("alternative")
    inner = other.named_children[0] if other is not None and other.type == "else_clause" else other
    no = compiled(m, inner) if inner is not None else None

    def run(scope: Scope) -> End | None:
        m.spend(1)
        if truthy(test(scope)):
            return yes(scope)
        return no(scope) if no is not None else None

    return run


def _block(m: "Machine", node: "Node") -> Code:
    info = m.infos.get(node.id)
    body = _sequence(m, node)
    if info is None or info.function or not info.names:
        return body
    hoist = hoisted(m, node)

    def run(scope: Scope) -> End | None:
        inner = Scope(scope, info)
        hoist(inner)
        return body(inner)

    return run


def _labelled(m: "Machine", node: "Node") -> Code:
    label = text_of(expressions.part(node, "label"))
    body = compiled(m, expressions.part(node, "body"))

    def run(scope: Scope) -> End | None:
        end = body(scope)
        return None if end is not None and end.label == label and end.kind == "break" else end

    return run


def _try(m: "Machine", node: "Node") -> Code:
    body = compiled(m, expressions.part(node, "body"))
    handler, final = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
    caught = compiled(m, expressions.part(handler, "body")) if handler is not None else None
    name = handler.child_by_field_name("parameter") if handler is not None else None
    after = compiled(m, expressions.part(final, "body")) if final is not None else None

    def run(scope: Scope) -> End | None:
        try:
            end = body(scope)
        except Thrown as thrown:
            if caught is None:
                raise
            inner = Scope(scope)
            if name is not None and name.type == "identifier":
                inner.vars[text_of(name)] = thrown.value
            end = caught(inner)
        if after is not None and (last := after(scope)) is not None:
            return last
        return end

    return run
