"""Where a value comes from: a demand-driven, backward reading of one script.

    flow.value(node)  ->  Value(tags={"net", "url:env", "url:decoded"}, text=None, line=12)

Asked about one expression (what `eval` gets), it follows names to their definitions, parameters to the callers,
callbacks to what they were given to, and calls to what they return. It works on names, over-approximates inside one
file, and never runs anything. Every question costs a bounded number of steps.

    js_flow    expressions: literals, names, members, operators
      js_callee    what a called expression names        js_calls    what a call gives back
      js_params    what a parameter holds                js_decode   encodings undone
      js_functions which function, what it returns       js_names    definitions in scope
      js_stores  what was pushed, set, emitted
"""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lazaretto.parse import js_callee, js_calls, js_fold, js_params, js_stores
from lazaretto.parse.js_names import Definition, Names
from lazaretto.parse.js_nodes import FUNCTIONS, arguments, literal, pair, text_of, unwrap
from lazaretto.parse.js_value import EMPTY, Path, Value, constant, lead
from lazaretto.parse.js_world import host_fact, who

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.javascript import JavaScriptModule

STEPS = 6_000
"""Evaluations per module."""
STEPS_PER_QUESTION = 1_500
"""Evaluations per top question; real chains take fewer than a hundred."""
DEPTH = 45
"""Nested evaluations."""
MAX_PARTS = 4_000
"""Parts of one concatenation or array."""


class Flow:
    """The questions; one per module, answers are remembered."""

    def __init__(self, module: "JavaScriptModule") -> None:
        """Nothing is computed yet."""
        self.module = module
        self.names = Names(module)
        self.steps = 0
        self._limit = 0
        self._steps = STEPS // 3 if module.bulky else STEPS
        self._question = STEPS_PER_QUESTION // 3 if module.bulky else STEPS_PER_QUESTION
        self._memo: dict[int, Value] = {}
        self.sites: dict[int, tuple[tuple[Node, int], ...]] = {}
        self.sightings: dict[tuple[str, bytes], tuple[Node, ...]] = {}
        self._busy: set[int] = set()
        self._cuts = 0
        self.frames: list[dict[tuple[int, int], Value]] = []
        self.paths: dict[int, Path] = {}

    @property
    def exhausted(self) -> bool:
        """True when the budget ran out: answers may be too small."""
        return self.steps >= self._steps

    # -- values ---------------------------------------------------------------------------------------------

    def value(self, node: "Node", depth: int = 0) -> Value:
        """Return what is known of an expression."""
        if depth == 0:
            self._limit = min(self._steps, self.steps + self._question)
        node = unwrap(node)
        key = node.id
        if not self.frames and key in self._memo:
            return self._memo[key]
        if key in self._busy or depth > DEPTH or self.steps >= self._limit:
            self._cuts += 1
            return EMPTY
        self.steps += 1
        cuts = self._cuts
        self._busy.add(key)
        try:
            found = self._value(node, depth + 1)
        finally:
            self._busy.discard(key)
        if not self.frames and (cuts == self._cuts or not self._busy):
            self._memo[key] = found
        return found

    def _value(self, node: "Node", depth: int) -> Value:
        kind = node.type
        text = literal(node)
        if text is not None:
            return constant(text)
        match kind:
            case "identifier" | "shorthand_property_identifier":
                return self._identifier(node, depth)
            case "call_expression" | "new_expression":
                return js_calls.call(self, node, depth)
            case "member_expression" | "subscript_expression":
                return self._member(node, depth)
            case "number":
                return constant(text_of(node))
            case "template_string":
                return self._concat(
                    [
                        (c.named_child(0) or c) if c.type == "template_substitution" and c.named_child_count else c
                        for c in node.named_children[:MAX_PARTS]
                    ],
                    depth,
                )
            case "string_fragment" | "escape_sequence":
                return constant(text_of(node))
            case "binary_expression":
                return self._binary(node, depth)
            case "ternary_expression":
                return self.either(node, ("consequence", "alternative"), depth)
            case "assignment_expression":
                return self.either(node, ("right",), depth)
            case "object" | "array":
                return self._parts(node, depth)
            case "pair":
                return self.either(node, ("value",), depth)
            case "unary_expression":
                return self.either(node, ("argument",), depth).vague()
            case "yield_expression" | "spread_element":
                return self.union(node.named_children, depth)
        return EMPTY

    def union(self, nodes: "list[Node]", depth: int) -> Value:
        """Return everything that is known of several expressions together."""
        total = EMPTY
        for child in nodes[:MAX_PARTS]:
            total = total | self.value(child, depth)
        return total

    def either(self, node: "Node", fields: tuple[str, ...], depth: int) -> Value:
        """Return everything that is known of the children in these fields together."""
        total = EMPTY
        for name in fields:
            if (child := node.child_by_field_name(name)) is not None:
                total = total | self.value(child, depth)
        return total

    def _parts(self, node: "Node", depth: int) -> Value:
        children = node.named_children
        if len(children) > 64 and children[0].type in ("number", "string"):
            children = children[:2]  # a table of constants says nothing more
        total = self.union([c for c in children if c.type not in FUNCTIONS and c.type != "comment"], depth)
        return replace(total, text=None)

    def _binary(self, node: "Node", depth: int) -> Value:
        operator = node.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        if sign in ("||", "&&", "??"):
            return self.either(node, ("left", "right"), depth)
        if sign == "+":
            spine: list[Node] = []
            left: Node | None = node
            while left is not None and left.type == "binary_expression" and len(spine) < MAX_PARTS:
                inner = left.child_by_field_name("operator")
                if inner is None or inner.type != "+":
                    break
                right = left.child_by_field_name("right")
                if right is not None:
                    spine.append(right)
                left = left.child_by_field_name("left")
                left = unwrap(left) if left is not None else None
            if left is not None:
                spine.append(left)
            return self._concat(spine[::-1], depth)
        if sign in ("^", "|", "&", "<<", ">>", ">>>", "-", "*", "/", "%"):
            return self.either(node, ("left", "right"), depth).vague()
        return EMPTY

    def _concat(self, nodes: "list[Node]", depth: int) -> Value:
        values = [self.value(child, depth) for child in nodes]
        total = EMPTY
        for one in values:
            total = total | one
        if all(one.text is not None for one in values):
            return replace(total, text="".join(one.text or "" for one in values)[: js_fold.MAX_CHARS])
        fixed = [one.text for one in values if one.text is not None]
        whole = "env-all" in total.tags  # a text made with the whole environment still holds it
        total = replace(total.vague(), url=total.url or lead(values))
        total = total.having("env-all") if whole else total
        if values and values[0].text and values[0].text.strip(" \t\r\n(;") and fixed:
            total = total.having("prefixed")
        return total

    def _identifier(self, node: "Node", depth: int) -> Value:
        name = text_of(node)
        definitions = self.names.definitions(name, node)
        total = EMPTY
        values = 0
        for found in definitions[:40]:
            if found.kind == "declared":
                continue
            one = self._defined(found, depth)
            values += 1
            total = total | (one.vague() if found.kind == "add" else one)
        if any(_is_empty(found) for found in definitions[:4]):
            total = total | js_stores.pushed(self, name, depth) | js_stores.filled(self, name, depth)
        if values > 1 and total.text is not None:
            kinds = {d.kind for d in definitions}
            total = replace(total, text=None) if "add" in kinds or values > 2 else total
        return total

    def _defined(self, found: Definition, depth: int) -> Value:
        match found.kind:
            case "value" | "add" | "each":
                return self._destructured(found, depth)
            case "param":
                return js_params.parameter(self, found.node, found.index, depth)
            case "catch":
                return js_params.caught(self, found.node, depth)
            case "import":
                if found.source.startswith((".", "/", "@/", "~/")):
                    return Value(frozenset({"import"}), imports=((found.source, found.path[0] if found.path else ""),))
        return EMPTY

    def _destructured(self, found: Definition, depth: int) -> Value:
        source = unwrap(found.node)
        if found.path:
            if source.type == "object" and (inner := pair(source, found.path[0])) is not None:
                return self.value(inner, depth)
            path = self.callee(source, depth)
            if path[:2] == ("process", "env") and len(path) == 2:
                return Value(frozenset({"env"}))
            if path and path[0].startswith((".", "@/", "~/")):
                return Value(frozenset({"import"}), imports=((path[0], found.path[0]),))
            return self.value(source, depth).vague()
        return self.value(source, depth)

    # -- members --------------------------------------------------------------------------------------------

    def _member(self, node: "Node", depth: int) -> Value:
        path = self.callee(node, depth)
        if path[:2] == ("process", "env"):
            return Value(frozenset({"env-all" if len(path) == 2 else "env"}))
        if path and path[0].startswith((".", "@/", "~/")) and len(path) >= 1:
            return Value(frozenset({"import"}), imports=((path[0], path[1] if len(path) > 1 else "*"),))
        if host_fact(path):
            return Value(frozenset({"host", f"who:{fact}"} if (fact := who(path)) else {"host"}))
        last = path[-1] if path else ""
        if last in ("responseText", "responseXML"):
            return Value(frozenset({"net", "url:other"}), line=self.module.line_of(node.start_byte)) | self._opened(
                depth
            )
        holder = node.child_by_field_name("object")
        if holder is None:
            return EMPTY
        holder = unwrap(holder)
        table = self._table(holder, depth)
        if table is not None:
            inner = pair(table, last)
            later = js_stores.assigned_property(self, last, depth)
            if inner is not None:
                return self.value(inner, depth) | later
            if later != EMPTY:
                return later
            if not table.named_child_count:  # filled under other names
                return js_stores.pushed(self, text_of(holder), depth) if holder.type == "identifier" else EMPTY
        if holder.type == "array" and last.isdigit() and int(last[:9]) < holder.named_child_count:
            element = holder.named_child(int(last[:9]))
            return self.value(element, depth) if element is not None else EMPTY
        found_value = self.value(holder, depth).vague()
        if holder.type == "this" or path[:1] == ("this",) or path[:1] in (("exports",), ("module",)):
            found_value = found_value | js_stores.assigned_property(self, last, depth)
        if path and len(path) == 1:  # a property of the global object: global.x
            found_value = found_value | js_stores.assigned_property(self, last, depth)
        if last in ("length", "status", "statusCode", "size", "ok", "byteLength"):
            return EMPTY
        return found_value

    def _table(self, node: "Node", depth: int) -> "Node | None":
        """Return the object literal that an expression names, if it is one of this file."""
        node = unwrap(node)
        if node.type == "object":
            return node
        if depth > DEPTH or self.steps >= self._limit:
            return None
        self.steps += 1
        if node.type == "identifier":
            for found in self.names.definitions(text_of(node), node)[:8]:
                if found.kind == "value" and not found.path and unwrap(found.node).type == "object":
                    return unwrap(found.node)
        if node.type == "member_expression":
            holder, name = node.child_by_field_name("object"), node.child_by_field_name("property")
            outer = self._table(holder, depth + 1) if holder is not None else None
            inner = pair(outer, text_of(name)) if outer is not None and name is not None else None
            return self._table(inner, depth + 1) if inner is not None else None
        return None

    def _opened(self, depth: int) -> Value:
        """Address of the first `xhr.open(method, url)` of the file."""
        for count, hit in enumerate(re.finditer(rb"\.\s*(open)\s*\(", self.module.source)):
            node = self.module.at(*hit.span(1))
            call = node.parent.parent if node is not None and node.parent is not None else None
            if count > 3 or call is None or call.type != "call_expression":
                break
            given = arguments(call)
            if len(given) >= 2:
                return js_calls.address(self, given[1], depth)
        return EMPTY

    # -- callees --------------------------------------------------------------------------------------------

    def callee(self, node: "Node", depth: int = 0) -> Path:
        """Return what an expression names: `("child_process", "exec")`, `("eval",)`, `("%x", "then")`, ..."""
        node = unwrap(node)
        if node.id in self.paths:
            return self.paths[node.id]
        if depth == 0:
            self._limit = min(self._steps, self.steps + self._question)
        if depth > DEPTH or self.steps >= self._limit:
            return ("?",)
        self.steps += 1
        self.paths[node.id] = ("?",)  # what a definition by itself gets
        path = js_callee.resolve(self, node, depth + 1)
        self.paths[node.id] = path
        return path

    # -- calls ----------------------------------------------------------------------------------------------

    # -- functions ------------------------------------------------------------------------------------------


def _is_empty(found: Definition) -> bool:
    """Tell whether a definition is an empty array, map or form that something is put into later."""
    if found.kind != "value" or found.path:
        return False
    node = unwrap(found.node)
    return (node.type in ("array", "object") and node.named_child_count == 0) or (
        node.type == "new_expression" and len(arguments(node)) == 0
    )
