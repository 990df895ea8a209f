"""Small questions about syntax nodes of tree-sitter's JavaScript and TypeScript grammars."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function",
        "generator_function_declaration",
    }
)
_WRAPPERS = frozenset(
    {
        "parenthesized_expression",
        "await_expression",
        "as_expression",
        "non_null_expression",
        "satisfies_expression",
        "type_assertion",
        "spread_element",
        "expression_statement",
    }
)
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([0-7]{1,3})|(\r\n|.))", re.DOTALL
)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "v": "\v", "f": "\f", "\n": "", "\r\n": ""}


def text_of(node: "Node") -> str:
    """Return the node's source text."""
    return (node.text or b"").decode("utf-8", "replace")


def unwrap(node: "Node") -> "Node":
    """Strip parentheses, `await`, TypeScript casts and the leading parts of comma expressions."""
    while True:
        if node.type == "type_assertion" and node.named_child_count > 1:
            node = node.named_children[-1]
        elif node.type in _WRAPPERS:
            inner = node.named_child(0) if node.named_child_count else None
            while inner is not None and inner.type == "comment":
                inner = inner.next_named_sibling
            if inner is None:
                return node
            node = inner
        elif node.type == "sequence_expression":
            if not node.named_child_count or (last := node.named_child(node.named_child_count - 1)) is None:
                return node
            node = last
        else:
            return node


def unescape(text: str) -> str:
    """Undo the escape sequences of a string literal (ECMA-262, 12.9.4)."""
    if "\\" not in text:
        return text

    def one(found: "re.Match[str]") -> str:
        hexed = found[1] or found[2] or found[3]
        if hexed:
            code = int(hexed, 16)
            return chr(code) if code < 0x110000 else ""
        if found[4]:
            return chr(int(found[4], 8))
        return _SHORT.get(found[5], found[5])

    return _ESCAPE.sub(one, text)


def literal(node: "Node") -> str | None:
    """Return the text of a string literal or of a template without holes; None for anything else."""
    if node.type == "string" or (
        node.type == "template_string" and not any(c.type == "template_substitution" for c in node.named_children)
    ):
        return unescape(text_of(node)[1:-1])
    return None


def arguments(call: "Node") -> list["Node"]:
    """Return the argument nodes of a call or `new` expression, comments left out; empty without a list."""
    holder = call.child_by_field_name("arguments")
    if holder is None or holder.type != "arguments":
        return []
    return [child for child in holder.named_children if child.type != "comment"]


def callee_of(call: "Node") -> "Node | None":
    """Return the called expression of a call or `new` expression."""
    return call.child_by_field_name("function") or call.child_by_field_name("constructor")


def enclosing_function(node: "Node") -> "Node | None":
    """Return the nearest function around a node; None at module level."""
    up = node.parent
    while up is not None and up.type not in FUNCTIONS:
        up = up.parent
    return up


def enclosing(node: "Node", *types: str) -> "Node | None":
    """Return the nearest ancestor of one of the types, the node itself included."""
    up: Node | None = node
    while up is not None and up.type not in types:
        up = up.parent
    return up


def parameters(function: "Node") -> list["Node"]:
    """Return a function's parameter nodes in order (TypeScript's wrappers stripped)."""
    single = function.child_by_field_name("parameter")
    if single is not None:
        return [single]
    holder = function.child_by_field_name("parameters")
    if holder is None:
        return []
    found = []
    for child in holder.named_children:
        if child.type in ("required_parameter", "optional_parameter"):
            found.append(child.child_by_field_name("pattern") or child)
        elif child.type != "comment":
            found.append(child)
    return found


def pair(node: "Node", name: str) -> "Node | None":
    """Return the value of a key in an object literal (a shorthand gives the identifier itself)."""
    for child in node.named_children[:400]:
        if child.type == "pair":
            key = child.child_by_field_name("key")
            if key is not None and (literal(key) or text_of(key)) == name:
                return child.child_by_field_name("value")
        elif child.type == "shorthand_property_identifier" and text_of(child) == name:
            return child
    return None
