"""`while (true) { switch (order[i++]) { case "0": ...; continue; ... } break; }` with a known order: put in order."""

from typing import TYPE_CHECKING

from lazaretto.parse.js_eval.edits import Piece
from lazaretto.parse.js_eval.scope import Scope
from lazaretto.parse.js_eval.values import Arr, text
from lazaretto.parse.js_nodes import literal, unwrap

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_eval.fold import Folder

MAX_STATES = 400


def loop(folder: "Folder", node: "Node", scope: Scope) -> None:
    """Write out one loop, if it is of this kind."""
    body = node.child_by_field_name("body")
    if body is None or body.type != "statement_block" or not body.named_child_count:
        return
    switch = body.named_children[0]
    if switch.type != "switch_statement":
        return
    value, cases = switch.child_by_field_name("value"), switch.child_by_field_name("body")
    if value is None or cases is None:
        return
    value = unwrap(value)
    index = value.child_by_field_name("index") if value.type == "subscript_expression" else None
    holder = value.child_by_field_name("object")
    if index is None or holder is None or unwrap(index).type != "update_expression":
        return
    order = folder.value(holder, scope)
    if not isinstance(order, Arr) or not 0 < len(order.items) <= MAX_STATES:
        return
    known: dict[str, list[Node]] = {}
    for case in cases.named_children:
        given = case.child_by_field_name("value")
        name = literal(given) if given is not None else None
        if name is None:
            return
        known[name] = [
            child
            for child in case.named_children
            if given is not None and child.id != given.id and child.type not in ("continue_statement", "comment")
        ]
    pieces: list[Piece] = []
    for state in order.items:
        for statement in known.get(text(state), []):
            pieces += [(statement.start_byte, statement.end_byte), b"\n"]
    folder.edits.replace(node.start_byte, node.end_byte, b"{\n", *pieces, b"}")
