"""Scopes: which names a place sees, and their values as far as they are known.

`survey(root)` reads the tree once and says for every program, function and block which names it declares and how
often they are written. `Scope` holds values; a name that was not run yet is worked out when somebody asks (`lazy`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lazaretto.parse.js_eval.values import Unresolved
from lazaretto.parse.js_nodes import FUNCTIONS, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_DEPTH = 300
"""Functions within functions."""
MAX_NODES = 1_200_000
"""Nodes of one tree that are surveyed."""

UNKNOWN = object()
"""The value of a name that exists but is not known."""

_BLOCKS = frozenset({"statement_block", "for_statement", "for_in_statement", "switch_body", "class_body"})
_LEAVES = frozenset(
    [
        "identifier",
        "property_identifier",
        "shorthand_property_identifier",
        "number",
        "comment",
        "this",
        "null",
        "true",
        "false",
        "undefined",
        "super",
        "string",
        "string_fragment",
        "escape_sequence",
        "regex",
        "statement_identifier",
        "private_property_identifier",
    ]
)
"""Nodes that hold no names; most of a tree."""
_TELLING = (
    FUNCTIONS
    | _BLOCKS
    | frozenset(
        [
            "variable_declarator",
            "class_declaration",
            "catch_clause",
            "import_statement",
            "assignment_expression",
            "augmented_assignment_expression",
            "update_expression",
        ]
    )
)
"""Nodes that declare or write names."""
_PATTERNS = frozenset({"object_pattern", "array_pattern", "rest_pattern", "assignment_pattern"})


@dataclass(slots=True)
class Binding:
    """One declared name."""

    kind: str
    """`var`, `let`, `function`, `param`, `other`."""
    node: "Node | None"
    """The initial value; the function for `function`; None when there is none or it is not one expression."""
    writes: int = 0
    """Assignments beside the initial value."""
    index: int = -1
    """Position of a parameter."""


@dataclass(slots=True)
class ScopeInfo:
    """What a program, function or block declares."""

    node: "Node"
    parent: "ScopeInfo | None"
    function: bool
    """False for blocks."""
    names: dict[str, Binding] = field(default_factory=dict)
    depth: int = 0
    """Functions around it."""


class Scope:
    """Values of names, with the scope around."""

    __slots__ = ("info", "lazy", "parent", "this", "vars")

    def __init__(self, parent: "Scope | None", info: ScopeInfo | None = None) -> None:
        """Empty."""
        self.vars: dict[str, object] = {}
        self.parent = parent
        self.info = info
        self.lazy: dict[str, Callable[[], object]] = {}
        self.this: object = UNKNOWN

    def get(self, name: str) -> object:
        """Return a name's value.

        Raises:
            KeyError: nobody declares it.
            Unresolved: it is declared, but its value is not known.
        """
        scope: Scope | None = self
        while scope is not None:
            if name in scope.vars:
                found = scope.vars[name]
                if found is UNKNOWN:
                    raise Unresolved(name)
                return found
            if name in scope.lazy:
                work = scope.lazy.pop(name)
                scope.vars[name] = UNKNOWN  # what a definition by itself gets
                try:
                    scope.vars[name] = work()
                except Unresolved:
                    scope.vars[name] = UNKNOWN
                    raise
                return scope.vars[name]
            scope = scope.parent
        raise KeyError(name)

    def set(self, name: str, value: object) -> None:
        """Assign to the nearest scope that declares the name, else to the outermost one."""
        scope = self
        while True:
            if name in scope.vars or name in scope.lazy:
                scope.lazy.pop(name, None)
                scope.vars[name] = value
                return
            if scope.parent is None:
                scope.vars[name] = value
                return
            scope = scope.parent


def survey(root: "Node") -> dict[int, ScopeInfo]:
    """Return what every program, function and block declares, by node id.

    Raises:
        Unresolved: the tree is too large.
    """
    top = ScopeInfo(root, None, function=True)
    found: dict[int, ScopeInfo] = {root.id: top}
    written: list[tuple[ScopeInfo, str]] = []
    work: list[tuple[Node, ScopeInfo]] = [(child, top) for child in reversed(root.named_children)]
    seen = 0
    while work:
        node, scope = work.pop()
        seen += 1
        if seen > MAX_NODES:
            raise Unresolved("tree too large")
        kind = node.type
        if kind not in _TELLING:
            if kind not in _LEAVES:
                work += [(child, scope) for child in reversed(node.named_children)]
            continue
        if kind in FUNCTIONS:
            name = node.child_by_field_name("name")
            if name is not None and kind.endswith("declaration"):
                _holder(scope).names[text_of(name)] = Binding("function", node)
            inner = ScopeInfo(node, scope, function=True, depth=scope.depth + 1)
            if inner.depth > MAX_DEPTH:
                raise Unresolved("functions too deep")
            if name is not None and kind in ("function_expression", "generator_function"):
                inner.names[text_of(name)] = Binding("function", node)
            _parameters(node, inner)
            found[node.id] = inner
            body = node.child_by_field_name("body")
            if body is not None and body.type == "statement_block":
                found[body.id] = inner
                work.extend((child, inner) for child in reversed(body.named_children))
            elif body is not None:
                work.append((body, inner))
            holder = node.child_by_field_name("parameters")
            if holder is not None:
                work.append((holder, inner))
            continue
        if kind in _BLOCKS:
            scope = found[node.id] = ScopeInfo(node, scope, function=False, depth=scope.depth)
            if kind == "for_in_statement" and (left := node.child_by_field_name("left")) is not None:
                if node.child_by_field_name("kind") is not None:
                    _bind_pattern(left, scope)
                else:
                    written.extend((scope, name) for name in _names_of(left))
        elif kind == "variable_declarator":
            _declared(node, scope)
        elif kind == "class_declaration":
            name = node.child_by_field_name("name")
            if name is not None:
                scope.names[text_of(name)] = Binding("other", None)
        elif kind == "catch_clause":
            scope = found[node.id] = ScopeInfo(node, scope, function=False, depth=scope.depth)
            name = node.child_by_field_name("parameter")
            if name is not None:
                _bind_pattern(name, scope)
        elif kind == "import_statement":
            for one in node.named_children:
                _bind_imports(one, scope)
            continue
        elif kind in ("assignment_expression", "augmented_assignment_expression", "update_expression"):
            target = node.child_by_field_name("left") or node.child_by_field_name("argument")
            if target is not None and target.type == "identifier":
                written.append((scope, text_of(target)))
            elif target is not None and target.type in _PATTERNS:
                written.extend((scope, name) for name in _names_of(target))
        work += [(child, scope) for child in reversed(node.named_children)]
    for scope, word in written:
        up: ScopeInfo | None = scope
        while up is not None:
            if word in up.names:
                up.names[word].writes += 1
                break
            up = up.parent
    return found


def _holder(scope: ScopeInfo) -> ScopeInfo:
    """Return the function or program around; `var` and function declarations live there."""
    while not scope.function and scope.parent is not None:
        scope = scope.parent
    return scope


def _declared(node: "Node", scope: ScopeInfo) -> None:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    hoisted = node.parent is not None and node.parent.type == "variable_declaration"
    target = _holder(scope) if hoisted else scope
    if name is None:
        return
    if name.type != "identifier":
        for one in _names_of(name):
            target.names[one] = Binding("other", None)
        return
    text = text_of(name)
    old = target.names.get(text)
    if old is not None and hoisted:  # `var x` once more
        if value is not None:
            old.writes += 1
            if old.node is None and old.kind == "var":
                old.node, old.writes = value, old.writes - 1
        return
    target.names[text] = Binding("var" if hoisted else "let", value)


def _parameters(node: "Node", scope: ScopeInfo) -> None:
    single = node.child_by_field_name("parameter")
    holder = node.child_by_field_name("parameters")
    listed = [single] if single is not None else holder.named_children if holder is not None else []
    for index, one in enumerate(child for child in listed if child.type != "comment"):
        if one.type == "identifier":
            scope.names[text_of(one)] = Binding("param", None, index=index)
        else:
            for name in _names_of(one):
                scope.names[name] = Binding("other", None)


def _bind_pattern(node: "Node", scope: ScopeInfo) -> None:
    for name in _names_of(node):
        scope.names[name] = Binding("other", None)


def _bind_imports(node: "Node", scope: ScopeInfo) -> None:
    work = [node]
    while work:
        one = work.pop()
        if one.type == "identifier":
            scope.names[text_of(one)] = Binding("other", None)
        work.extend(one.named_children)


def _names_of(pattern: "Node") -> list[str]:
    """Return the names that a pattern binds (default values may add a few that it does not)."""
    found: list[str] = []
    work = [pattern]
    while work and len(found) < 400:
        one = work.pop()
        if one.type in ("identifier", "shorthand_property_identifier_pattern"):
            found.append(text_of(one))
        elif one.type in FUNCTIONS:
            continue
        work.extend(one.named_children)
    return found
