"""Calls that undo an encoding, and string methods: folded when their input is constant, tagged when it is not."""

from dataclasses import replace
from typing import TYPE_CHECKING

from lazaretto.parse import js_fold
from lazaretto.parse.js_callee import key
from lazaretto.parse.js_nodes import text_of, unwrap
from lazaretto.parse.js_value import EMPTY, Path, Value
from lazaretto.parse.js_world import DECODERS, UNPACKERS

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_flow import Flow

MAX_PARTS = 4_000
"""Parts of one array that is joined."""


def decoded(flow: "Flow", path: Path, given: "list[Node]", depth: int) -> Value | None:
    """Calls that undo an encoding; folds what is constant."""
    last = path[-1]
    if path in (("atob",), ("Buffer", "atob"), ("unescape",), ("decodeURIComponent",), ("decodeURI",), ("escape",)):
        inner = flow.value(given[0], depth) if given else EMPTY
        if path[-1] == "atob":
            text = js_fold.from_base64(inner.text) if inner.text is not None else None
            return replace(inner, text=text).having("decoded")
        if path == ("unescape",) and inner.text is not None and len(inner.text) > 12:
            return replace(inner, text=js_fold.from_percent(inner.text)).having("decoded")
        if inner.text is not None and "%" in inner.text:
            return replace(inner, text=js_fold.from_percent(inner.text)).having("decoded")
        return inner
    if path in (("Buffer", "from"), ("Buffer",), ("buffer", "Buffer", "from")) and given:
        inner = flow.value(given[0], depth)
        how = (flow.value(given[1], depth).text or "").lower() if len(given) > 1 else ""
        if how in ("base64", "base64url"):
            return replace(inner, text=js_fold.from_base64(inner.text) if inner.text is not None else None).having(
                "decoded"
            )
        if how == "hex":
            return replace(inner, text=js_fold.from_hex(inner.text) if inner.text is not None else None).having(
                "decoded"
            )
        first = unwrap(given[0])
        if first.type == "array" and first.named_child_count >= 4:
            return replace(inner, text=_codes(flow, [first])).having("decoded")
        if len(given) > 1 and not how and inner.tags:
            return inner.vague().having("decoded")
        return inner
    if path[:1] == ("String",) and last in ("fromCharCode", "fromCodePoint"):
        return replace(flow.union(given, depth), text=_codes(flow, given)).having("decoded")
    if path[:2] == ("String", "fromCharCode") and last in ("apply", "call"):
        return replace(flow.union(given, depth), text=_codes(flow, given[1:])).having("decoded")
    if last in UNPACKERS:
        return flow.union(given, depth).vague().having("unpacked")
    if last in DECODERS and path[0] != "JSON":
        return flow.union(given, depth).vague().having("decoded")
    return None


def string_method(
    flow: "Flow", last: str, inner: Value, holder: "Node | None", given: "list[Node]", depth: int
) -> Value | None:
    """String methods on constants."""
    match last:
        case "toString" | "trim" | "valueOf" | "toLowerCase" | "normalize" | "trimEnd" | "trimStart" | "flat":
            if last == "toString" and given and inner.text is not None:
                how = flow.value(given[0], depth).text or ""
                if how.lower() in ("base64", "hex", "binary") or how.isdigit():
                    return replace(inner, text=None)
            return inner
        case "reverse" | "split":
            return inner
        case "join":
            return _join(flow, inner, holder, given, depth)
        case "slice" | "substring" | "substr":
            numbers = [js_fold.number_of(flow.value(one, depth).text or "x") for one in given[:2]]
            if inner.text is not None and numbers and None not in numbers:
                first, *rest = [n for n in numbers if n is not None]
                if last == "substr" and rest:
                    return replace(inner, text=inner.text[first:][: rest[0]])
                return replace(inner, text=inner.text[first : rest[0]] if rest else inner.text[first:])
            return inner.vague()
        case "replace" | "replaceAll":
            what = [flow.value(one, depth).text for one in given[:2]]
            if inner.text is not None and len(what) == 2 and what[0] is not None and what[1] is not None:
                return replace(inner, text=inner.text.replace(what[0], what[1], -1 if last == "replaceAll" else 1))
            return inner.vague()
        case "concat":
            tail = [flow.value(one, depth) for one in given]
            total = inner | flow.union(given, depth)
            known = [inner.text, *(one.text for one in tail)]
            return replace(total, text="".join(k or "" for k in known) if None not in known else None)
    return None


def _join(flow: "Flow", inner: Value, holder: "Node | None", given: "list[Node]", depth: int) -> Value:
    """`[...].join(x)`, also after `reverse()` and `split("")`."""
    base = unwrap(holder) if holder is not None else None
    chain: list[str] = []
    while base is not None and base.type == "call_expression":
        method = unwrap(base.child_by_field_name("function") or base)
        if method.type != "member_expression":
            break
        chain.append(key(flow, method, depth))
        base = method.child_by_field_name("object")
        base = unwrap(base) if base is not None else None
    if base is not None and base.type == "identifier":
        for found in flow.names.definitions(text_of(base), base):
            if found.kind == "value" and unwrap(found.node).type == "array":
                base = unwrap(found.node)
                break
    text: str | None = None
    if base is not None and base.type == "array" and base.named_child_count <= MAX_PARTS:
        glue = flow.value(given[0], depth).text if given else ","
        pieces = [flow.value(child, depth).text for child in base.named_children if child.type != "comment"]
        if glue is not None and None not in pieces and set(chain) <= {"reverse"}:
            ordered = pieces[::-1] if "reverse" in chain else pieces
            text = glue.join(piece or "" for piece in ordered)
    elif inner.text is not None and set(chain) <= {"reverse", "split"}:
        text = inner.text[::-1] if "reverse" in chain else inner.text
    found_value = replace(inner, text=text)
    return found_value.having("decoded") if "reverse" in chain else found_value


def _codes(flow: "Flow", nodes: "list[Node]") -> str | None:
    """Fold character codes: numbers, or one array of numbers (perhaps spread)."""
    if len(nodes) == 1:
        inner = unwrap(nodes[0])
        if inner.type == "identifier":
            for found in flow.names.definitions(text_of(inner), inner):
                if found.kind == "value" and unwrap(found.node).type == "array":
                    inner = unwrap(found.node)
        if inner.type == "array":
            nodes = [child for child in inner.named_children if child.type != "comment"]
    if len(nodes) > MAX_PARTS * 16 or any(node.type != "number" for node in nodes):
        return None
    return js_fold.from_codes([text_of(node) for node in nodes])
