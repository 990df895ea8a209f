"""What a called expression names: modules behind `require`, globals behind aliases, properties behind brackets.

resolve(flow, node)  ->  ("child_process", "exec")   for `x` after `const { exec: x } = require("node:child_process")`
"""

from typing import TYPE_CHECKING

from lazaretto.parse.js_nodes import FUNCTIONS, arguments, callee_of, literal, text_of, unwrap
from lazaretto.parse.js_value import Path, bare, joined

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_flow import Flow


def resolve(flow: "Flow", node: "Node", depth: int) -> Path:
    """Return the path of an expression; `("?",)` when it names nothing that is known."""
    match node.type:
        case "identifier" | "shorthand_property_identifier":
            return _named(flow, node, depth)
        case "this" | "super":
            return ("this",)
        case "import":
            return ("import",)
        case "member_expression" | "subscript_expression":
            holder = node.child_by_field_name("object")
            if holder is None:
                return ("?",)
            return joined(flow.callee(holder, depth), key(flow, node, depth))
        case "call_expression" | "new_expression":
            return _result(flow, node, depth)
        case "array" | "string" | "template_string" | "regex" | "number":
            return ("[]",) if node.type == "array" else ("''",)
        case "binary_expression" | "ternary_expression":
            for name in ("left", "consequence", "right", "alternative"):
                child = node.child_by_field_name(name)
                if child is not None and (path := flow.callee(child, depth)) != ("?",):
                    return path
        case "assignment_expression":
            right = node.child_by_field_name("right")
            return flow.callee(right, depth) if right is not None else ("?",)
    if node.type in FUNCTIONS:
        return ("function",)
    return ("?",)


def key(flow: "Flow", node: "Node", depth: int = 0) -> str:
    """Return the property that a member or subscript expression takes; `?` when it is not constant."""
    name = node.child_by_field_name("property")
    if name is not None:
        return text_of(name)
    index = node.child_by_field_name("index")
    if index is None:
        return "?"
    plain = literal(unwrap(index))
    if plain is None:
        plain = flow.value(index, depth).text
    return plain if plain is not None else "?"


def _named(flow: "Flow", node: "Node", depth: int) -> Path:
    name = text_of(node)
    definitions = flow.names.definitions(name, node)
    if not definitions:
        return (name,)
    for found in definitions[:12]:
        path: Path = ("?",)
        if found.kind == "import":
            imported = found.path[0] if found.path else ""
            base = bare(found.source)
            path = (base,) if imported in ("default", "*", "") else (base, imported)
        elif found.kind == "value":
            path = flow.callee(found.node, depth)
            if path != ("?",) and found.path:
                for key in found.path:
                    path = joined(path, key)
            if path[0] == "this":
                path = ("?",)
        if path[-1] == "constructor" or (path[0] not in ("?", "function", "''", "[]") and not path[0].startswith("%")):
            return path
    return (f"%{name}",)


def _result(flow: "Flow", node: "Node", depth: int) -> Path:
    """Name the result of a call: a module for `require`, else the callee with `()`."""
    target = callee_of(node)
    if target is None:
        return ("?",)
    path = flow.callee(target, depth)
    given = arguments(node)
    if path in (("require",), ("import",), ("module", "require"), ("process", "mainModule", "require")) or (
        path[-1:] == ("createRequire()",)
    ):
        text = flow.value(given[0], depth).text if given else None
        return (bare(text),) if text else ("?",)
    if path[-1] == "createRequire":
        return ("require",)
    if path[-1] in ("getBuiltinModule", "_load") and given:
        text = flow.value(given[0], depth).text
        return (bare(text),) if text else ("?",)
    if path[-1] in ("promisify", "bind", "default", "__importDefault", "__importStar", "interopRequireDefault"):
        if path[-1] == "bind":
            return path[:-1]
        return flow.callee(given[0], depth) if given else ("?",)
    if path == ("Object", "getPrototypeOf") and given and unwrap(given[0]).type in FUNCTIONS:
        return ("function",)
    return (*path, "()") if len(path) < 12 else ("?",)
