"""Functions that only pass on: `function (a, b) { return a + b }`, `function (f, x) { return f(x) }`.

Obfuscators put every operator and every call behind such a function; written out, the code reads as before.
"""

from typing import TYPE_CHECKING

from lazaretto.parse.js_eval.edits import Piece
from lazaretto.parse.js_eval.values import Fn
from lazaretto.parse.js_nodes import parameters, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_eval.fold import Folder

MAX_BODY = 400


def inline(folder: "Folder", call: "Node", callee: object, given: "list[Node]") -> None:
    """Write out one call of such a function."""
    if not isinstance(callee, Fn) or call.type != "call_expression":
        return
    answer = _answer(callee.node)
    if answer is None or any(one.type == "spread_element" for one in given):
        return
    names = [text_of(one) for one in parameters(callee.node)]
    pieces = _pieces(answer, names, given)
    if pieces is not None:
        folder.edits.replace(call.start_byte, call.end_byte, b"(", *pieces, b")")


def _answer(function: "Node") -> "Node | None":
    """Return the only expression of a function that does nothing but return it."""
    body = function.child_by_field_name("body")
    if body is None or body.end_byte - body.start_byte > MAX_BODY:
        return None
    if body.type == "statement_block":
        listed = [child for child in body.named_children if child.type != "comment"]
        if len(listed) != 1 or listed[0].type != "return_statement" or not listed[0].named_child_count:
            return None
        body = listed[0].named_children[0]
    return body


def _pieces(answer: "Node", names: list[str], given: "list[Node]") -> list[Piece] | None:
    """Return an operator or call over parameters with the arguments put in; None for anything else."""
    if answer.type == "binary_expression":
        left, right = answer.child_by_field_name("left"), answer.child_by_field_name("right")
        operator = answer.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            return None
        first, second = _one(left, names, given), _one(right, names, given)
        if first is None or second is None:
            return None
        return [first, b" " + text_of(operator).encode() + b" ", second]
    if answer.type != "call_expression":
        return None
    target, holder = answer.child_by_field_name("function"), answer.child_by_field_name("arguments")
    if target is None or holder is None or holder.type != "arguments":
        return None
    called = _one(target, names, given)
    if called is None:
        return None
    pieces: list[Piece] = [called, b"("]
    for at, one in enumerate(child for child in holder.named_children if child.type != "comment"):
        inner = _one(one, names, given)
        if inner is None:
            return None
        pieces += [b", ", inner] if at else [inner]
    return [*pieces, b")"]


def _one(node: "Node", names: list[str], given: "list[Node]") -> Piece | None:
    """Return the argument that a parameter stands for; a literal stands for itself."""
    if node.type in ("number", "string", "true", "false"):
        return node.text or b""
    if node.type != "identifier" or text_of(node) not in names:
        return None
    at = names.index(text_of(node))
    return (given[at].start_byte, given[at].end_byte) if at < len(given) else b"undefined"
