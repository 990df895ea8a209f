"""Folding: every expression whose value is known is written down as that value.

    fold(machine, source)  ->  Folded(source=b'require("child_process").exec("true")', ...)

One pass: names are worked out when somebody asks, calls of the script's own functions with known arguments are
evaluated, `obj["key"]` becomes `obj.key`, and functions that only pass on (`f = function (a, b) { return a(b) }`) are
written out (`proxies`). Loops over a shuffled `switch` are put in order (`unflatten`).
"""

from typing import TYPE_CHECKING

from lazaretto.parse.js_eval import proxies, unflatten
from lazaretto.parse.js_eval.edits import Edits
from lazaretto.parse.js_eval.expressions import number_literal, string_literal
from lazaretto.parse.js_eval.operators import binary, unary
from lazaretto.parse.js_eval.scope import Scope
from lazaretto.parse.js_eval.static import Statics
from lazaretto.parse.js_eval.values import NULL, Arr, Fn, Native, Obj, Regex, Unresolved, is_function, truthy
from lazaretto.parse.js_eval.written import is_name, literal_of
from lazaretto.parse.js_nodes import FUNCTIONS, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_eval.machine import Machine

NOT = object()
"""The answer for an expression whose value is not known."""
TRIES = 3
"""Failed calls of one function after which it is not tried again, unless one succeeded."""
VISITS = 120_000
"""Expressions looked at per script, all passes together; a bundle of a megabyte has about as many."""
MAX_LITERAL = 200_000
_EXPRESSIONS = frozenset({"identifier", "string", "array", "object"})
_CHANGING = frozenset({"push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill"})
"""Methods that change what they are called on: never done for a value that lives on."""
_TIMERS = frozenset({"setTimeout", "setInterval", "setImmediate"})


class Folder:
    """One pass over one tree."""

    def __init__(self, machine: "Machine", statics: Statics, visits: int = VISITS) -> None:
        """Nothing is folded yet."""
        self.visits = visits
        """Expressions that may still be looked at."""
        self.reached = 0
        """Last byte that was looked at, while visits ran out."""
        self.m = machine
        self.statics = statics
        self.edits = Edits()
        self.breaks: list[int] = []
        self.places: list[tuple[str, str, int]] = []
        """How, text and byte of every text that reaches eval or its like."""
        self.decoders: dict[int, int] = {}
        """Functions that gave texts, by node id, with how many."""
        self._fails: dict[int, int] = {}
        self._work: list[tuple[Node, Scope]] = []

    def run(self, root: "Node") -> None:
        """Fold the whole tree."""
        self._work.append((root, self.statics.scope(root.id)))
        while self._work and self.visits > 0:
            node, scope = self._work.pop()
            self.visits -= 1
            self.reached = max(self.reached, node.start_byte)
            if (own := self.statics.known(node)) is not None:
                scope = own
            kind = node.type
            if kind.endswith(("_statement", "_declaration")):
                self.breaks.append(node.end_byte)
                self._statement(node, scope)
            later: list[tuple[Node, Scope]] = []
            for child in node.named_children:
                if child.type.endswith(("expression", "_string")) or child.type in _EXPRESSIONS:
                    self._fold(child, scope, 0)
                elif child.type != "comment":
                    later.append((child, scope))
            self._work.extend(reversed(later))  # the first statement is the next one

    def _statement(self, node: "Node", scope: Scope) -> None:
        if node.type == "if_statement":
            self._branch(node, scope)
        elif node.type in ("while_statement", "for_statement"):
            unflatten.loop(self, node, scope)

    def _branch(self, node: "Node", scope: Scope) -> None:
        """`if` over a known condition keeps one branch."""
        condition, yes = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is None or yes is None:
            return
        value = self._fold(condition, scope, 0)
        if value is NOT:
            return
        other = node.child_by_field_name("alternative")
        if other is not None and other.named_child_count:
            other = other.named_children[0]
        chosen = yes if truthy(value) else other
        pieces = [(chosen.start_byte, chosen.end_byte)] if chosen is not None else [b";"]
        self.edits.replace(node.start_byte, node.end_byte, *pieces)

    def value(self, node: "Node", scope: Scope) -> object:
        """Return the value of an expression, or `NOT`."""
        return self._fold(node, scope, 0)

    # -- expressions ----------------------------------------------------------------------------------------

    def _fold(self, node: "Node", scope: Scope, depth: int, *, keep: bool = False) -> object:
        """Fold an expression; with `keep`, its own text stays (a callee, a target of an assignment)."""
        kind = node.type
        self.visits -= 1
        if depth > 400 or self.visits < 0:
            return NOT
        depth += 1
        match kind:
            case "string":
                return self._text(node)
            case "number":
                return self._literal_number(node)
            case "true" | "false":
                return kind == "true"
            case "null":
                return NULL
            case "undefined":
                return None
            case "regex":
                pattern, flags = node.child_by_field_name("pattern"), node.child_by_field_name("flags")
                return Regex(text_of(pattern) if pattern else "", text_of(flags) if flags else "")
            case "identifier":
                return self._name(node, scope, keep=keep)
            case "parenthesized_expression":
                inner = node.named_child(0)
                if inner is None or inner.type == "comment":
                    return NOT
                return self._fold(inner, scope, depth, keep=keep)
            case "binary_expression":
                return self._binary(node, scope, depth)
            case "unary_expression":
                return self._unary(node, scope, depth)
            case "ternary_expression":
                return self._ternary(node, scope, depth)
            case "member_expression" | "subscript_expression":
                return self._member(node, scope, depth, keep=keep)[0]
            case "call_expression" | "new_expression":
                return self._call(node, scope, depth)
            case "array" | "object":
                return self._literal(node, scope, depth)
            case "template_string":
                return self._template(node, scope, depth)
            case "sequence_expression":
                values = [self._fold(c, scope, depth) for c in node.named_children if c.type != "comment"]
                return values[-1] if values and NOT not in values else NOT
            case "assignment_expression" | "augmented_assignment_expression":
                return self._assignment(node, scope, depth)
            case "update_expression":
                return NOT
        if kind in FUNCTIONS:
            self._work.append((node, scope))
            return Fn(node, scope, arrow=kind == "arrow_function") if kind != "method_definition" else NOT
        for child in node.named_children:
            if child.type.endswith(("_statement", "_declaration", "_body", "statement_block", "_clause")):
                self._work.append((child, scope))
            elif child.type != "comment":
                self._fold(child, scope, depth)
        return NOT

    def _text(self, node: "Node") -> str:
        """A text, written without its escapes."""
        value = string_literal(node)
        if b"\\x" in (spelled := node.text or b"") or b"\\u" in spelled:
            self.write(node, value)
        return value

    def _literal_number(self, node: "Node") -> object:
        try:
            return number_literal(text_of(node))
        except Unresolved:
            return NOT

    def _name(self, node: "Node", scope: Scope, *, keep: bool) -> object:
        try:
            value = self.m.guarded(lambda: self.m.name(scope, text_of(node)))
        except Unresolved:
            return NOT
        holder = node.parent
        if (
            isinstance(value, str)
            and not keep
            and len(value) <= 2_000
            and holder is not None
            and holder.type in ("arguments", "binary_expression")
        ):
            self.write(node, value)
        return value

    def write(self, node: "Node", value: object) -> None:
        """Put a known value in place of an expression."""
        spelled = literal_of(value)
        if spelled is not None and len(spelled) <= MAX_LITERAL and spelled != node.text:
            if spelled[:1] == b"-" or (
                node.parent is not None and node.parent.type == "member_expression" and spelled[:1] not in b"\"'"
            ):
                spelled = b"(" + spelled + b")"
            self.edits.replace(node.start_byte, node.end_byte, spelled)

    def _binary(self, node: "Node", scope: Scope, depth: int) -> object:
        operator = node.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        spine: list[Node] = []
        inner: Node | None = node
        while inner is not None and inner.type == "binary_expression":
            own = inner.child_by_field_name("operator")
            right = inner.child_by_field_name("right")
            if own is None or own.type != sign or right is None:
                break
            spine.append(right)
            inner = inner.child_by_field_name("left")
        if inner is None or not spine:
            return NOT
        parts = [inner, *reversed(spine)]
        values = [self._fold(one, scope, depth) for one in parts]
        if sign in ("&&", "||", "??"):
            if len(parts) == 2 and values[0] is not NOT and sign != "??":
                return values[1] if truthy(values[0]) == (sign == "&&") else values[0]
            return NOT
        total, known = values[0], 0
        try:
            for at, one in enumerate(values[1:], 1):
                if total is NOT or one is NOT:
                    break
                total = binary(sign, total, one)
                known = at
            self.m.spend(known >> 2)
        except (Unresolved, OverflowError, ValueError):
            return NOT
        if known == len(parts) - 1:
            if literal_of(total) is not None:
                self.write(node, total)
            return total
        if sign == "+":
            self._runs(parts, values, known, total)
        return NOT

    def _runs(self, parts: "list[Node]", values: list[object], known: int, total: object) -> None:
        """Join what is known at the start of a sum, and neighbouring texts further on."""
        if known and isinstance(total, str) and (spelled := literal_of(total)) is not None:
            self.edits.replace(parts[0].start_byte, parts[known].end_byte, spelled)
        at = known + 1
        while at < len(parts):
            end = at
            while end < len(parts) and isinstance(values[end], str):
                end += 1
            if end - at > 1:
                joined = literal_of("".join(str(one) for one in values[at:end]))
                if joined is not None:
                    self.edits.replace(parts[at].start_byte, parts[end - 1].end_byte, joined)
            at = max(end, at + 1)

    def _unary(self, node: "Node", scope: Scope, depth: int) -> object:
        operator, argument = node.child_by_field_name("operator"), node.child_by_field_name("argument")
        if operator is None or argument is None:
            return NOT
        value = self._fold(argument, scope, depth, keep=operator.type == "delete")
        if value is NOT or operator.type in ("delete", "void") or (operator.type == "typeof" and is_function(value)):
            return NOT
        try:
            made = unary(operator.type, value)
        except (Unresolved, ValueError, OverflowError):
            return NOT
        if not (operator.type in ("-", "!") and argument.type == "number"):
            self.write(node, made)
        return made

    def _ternary(self, node: "Node", scope: Scope, depth: int) -> object:
        test, yes, no = (node.child_by_field_name(n) for n in ("condition", "consequence", "alternative"))
        if test is None or yes is None or no is None:
            return NOT
        value = self._fold(test, scope, depth)
        first, second = self._fold(yes, scope, depth), self._fold(no, scope, depth)
        if value is NOT:
            return NOT
        chosen = yes if truthy(value) else no
        self.edits.replace(node.start_byte, node.end_byte, (chosen.start_byte, chosen.end_byte))
        return first if truthy(value) else second

    def _template(self, node: "Node", scope: Scope, depth: int) -> object:
        parts: list[object] = []
        for child in node.named_children:
            if child.type == "template_substitution":
                inner = child.named_child(0)
                parts.append(self._fold(inner, scope, depth) if inner is not None else NOT)
        if not parts:
            return string_literal(node)
        if NOT in parts or any(isinstance(one, Obj) for one in parts):
            return NOT
        try:
            value = self.m.evaluate(node, scope)
        except Unresolved:
            return NOT
        self.write(node, value)
        return value

    def _literal(self, node: "Node", scope: Scope, depth: int) -> object:
        known = True
        for child in node.named_children:
            inner = child
            if child.type == "pair":
                inner = child.child_by_field_name("value") or child
                key = child.child_by_field_name("key")
                if key is not None and key.type in ("string", "computed_property_name"):
                    self._fold(key, scope, depth)
            elif child.type in FUNCTIONS:
                self._work.append((child, scope))
                continue
            elif child.type == "comment":
                continue
            if inner.type in ("pair", "spread_element", "shorthand_property_identifier", "jsx_element"):
                for one in inner.named_children:
                    self._fold(one, scope, depth)
                known = False
                continue
            known = (self._fold(inner, scope, depth) is not NOT) and known
        if not known or (node.type == "object" and not node.named_child_count and depth > 3):
            return NOT
        try:
            return self.m.evaluate(node, scope)
        except Unresolved:
            return NOT

    def _assignment(self, node: "Node", scope: Scope, depth: int) -> object:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and left.type in ("member_expression", "subscript_expression"):
            self._member(left, scope, depth, keep=True)
        if right is not None:
            self._fold(right, scope, depth)
        return NOT

    # -- members and calls ----------------------------------------------------------------------------------

    def _member(self, node: "Node", scope: Scope, depth: int, *, keep: bool) -> tuple[object, object]:
        """Fold a member expression; return its value and its holder's."""
        holder, index = node.child_by_field_name("object"), node.child_by_field_name("index")
        name = node.child_by_field_name("property")
        if holder is None:
            return NOT, NOT
        owner = self._fold(
            holder, scope, depth, keep=holder.type in ("identifier", "call_expression") and not is_text(holder)
        )
        key: object = text_of(name) if name is not None else NOT
        if index is not None:
            key = self._fold(index, scope, depth)
            if isinstance(key, str) and is_name(key):
                dot = b"" if node.child_by_field_name("optional_chain") is not None else b"."
                self.edits.replace(
                    node.start_byte, node.end_byte, (holder.start_byte, holder.end_byte), dot or b"?.", key.encode()
                )
        if owner is NOT or key is NOT or owner is None or owner is NULL:
            return NOT, NOT
        try:
            value = self.m.guarded(lambda: self.m.member(owner, key))
        except Unresolved:
            return NOT, owner
        if value is None and not isinstance(owner, (Arr, str)):
            return NOT, owner
        if not keep and isinstance(value, (str, int, float)) and owner is not self.m.realm.top:
            self.edits.replace(node.start_byte, node.end_byte + 0, literal_of(value) or text_of(node).encode())
        return value, owner

    def _call(self, node: "Node", scope: Scope, depth: int) -> object:
        if self.statics.is_setup(node):
            self.edits.replace(node.start_byte, node.end_byte, b"0")
            return NOT
        new = node.type == "new_expression"
        target = node.child_by_field_name("constructor" if new else "function")
        holder = node.child_by_field_name("arguments")
        if target is None:
            return NOT
        inner = target
        while inner.type == "parenthesized_expression" and inner.named_child_count == 1:
            inner = inner.named_children[0]
        this: object = NOT
        if inner.type in ("member_expression", "subscript_expression"):
            callee, this = self._member(inner, scope, depth, keep=True)
        else:
            callee = self._fold(inner, scope, depth, keep=True)
        listed = [c for c in holder.named_children if c.type != "comment"] if holder is not None else []
        if holder is not None and holder.type != "arguments":
            listed = []
            callee = NOT
        given = [
            self._fold(
                one.named_children[0] if one.type == "spread_element" and one.named_child_count else one, scope, depth
            )
            for one in listed
        ]
        if not is_function(callee) or (isinstance(callee, Native) and callee.name in _CHANGING and _is_named(inner)):
            return NOT
        if NOT in given or any(one.type == "spread_element" for one in listed):
            proxies.inline(self, node, callee, listed)
            return NOT
        return self._run(node, callee, None if this is NOT else this, given, listed, new=new)

    def _run(
        self, node: "Node", callee: object, this: object, given: list[object], listed: "list[Node]", *, new: bool
    ) -> object:
        if isinstance(callee, Native) and (callee.name in _TIMERS and not isinstance(given[0] if given else 0, str)):
            return NOT
        key = callee.node.id if isinstance(callee, Fn) else 0
        if key and self._fails.get(key, 0) >= TRIES and key not in self.decoders:
            return NOT
        before = len(self.m.captured)
        value: object = NOT
        try:
            value = self.m.guarded(lambda: self.m.construct(callee, given) if new else self.m.call(callee, this, given))
        except Unresolved:
            self._fails[key] = self._fails.get(key, 0) + 1
        for how, code in self.m.captured[before:]:
            self.places.append((how, code, node.start_byte))
        if value is NOT or value is None:
            proxies.inline(self, node, callee, listed)
            return NOT
        if isinstance(value, str) and key:
            self.decoders[key] = self.decoders.get(key, 0) + 1
        if isinstance(value, (str, int, float)):
            self.write(node, value)
        return value


def _is_named(target: "Node") -> bool:
    """Tell whether a method is called on something that has a name, and so lives on."""
    holder = target.child_by_field_name("object")
    while holder is not None and holder.type in ("member_expression", "subscript_expression"):
        holder = holder.child_by_field_name("object")
    return holder is None or holder.type in ("identifier", "this")


def is_text(node: "Node") -> bool:
    """Tell whether an expression is written as a text."""
    return node.type in ("string", "template_string")
