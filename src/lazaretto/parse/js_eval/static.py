"""Scopes of code that was not run: names are worked out from their definitions when somebody asks.

Only names that are written once count. The one thing that is run first is a *setup*: the loop that rotates an
obfuscator's string table until a checksum fits.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from lazaretto.parse.js_eval.scope import UNKNOWN, Binding, Scope, ScopeInfo
from lazaretto.parse.js_eval.values import Fn, Unresolved
from lazaretto.parse.js_nodes import FUNCTIONS

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.js_eval.machine import Machine

SETUP_STEPS = 900_000
SETUP_BYTES = 30_000
MAX_SETUPS = 12
_SHIFT = re.compile(
    rb"(?:\.|\[\s*['\"])(?:push|\\x70\\x75\\x73\\x68)['\"]?\s*\]?\s*\(\s*[\w$]+\s*(?:\.|\[\s*['\"])(?:shift|\\x73\\x68\\x69\\x66\\x74)"
)


class Statics:
    """The static scopes of one tree."""

    def __init__(self, machine: "Machine", root: "Node") -> None:
        """Fill the outermost scope."""
        self.m = machine
        self._root = root
        self._scopes: dict[int, Scope] = {root.id: machine.top}
        self._setups: set[int] = set()
        self.rotated = 0
        """Setups that came to their end."""
        self.failed = 0
        """Setups that did not."""
        self._fill(machine.top, machine.infos[root.id])

    def scope(self, key: int) -> Scope:
        """Return the static scope of a program, function or block by node id."""
        found = self._scopes.get(key)
        if found is not None:
            return found
        chain: list[tuple[int, ScopeInfo]] = []
        info: ScopeInfo | None = self.m.infos[key]
        while info is not None and info.node.id not in self._scopes:
            chain.append((info.node.id, info))
            info = info.parent
        outer = self._scopes[info.node.id] if info is not None else self.m.top
        for node_id, one in reversed(chain):
            scope = Scope(outer, one)
            self._scopes[node_id] = scope
            self._fill(scope, one)
            outer = scope
        self._scopes[key] = outer
        return outer

    def known(self, node: "Node") -> Scope | None:
        """Return the scope that a node opens; None when it opens none."""
        return self.scope(node.id) if node.id in self.m.infos else None

    def at(self, node: "Node") -> Scope:
        """Return the scope around a node."""
        up: Node | None = node
        while up is not None:
            if up.id in self.m.infos:
                return self.scope(up.id)
            up = up.parent
        return self.m.top

    def _fill(self, scope: Scope, info: ScopeInfo) -> None:
        given = _immediate_arguments(info.node)
        for name, binding in info.names.items():
            work = self._work(scope, info, binding, given)
            if work is None:
                scope.vars[name] = UNKNOWN
            else:
                scope.lazy[name] = work
        if info.function and info.parent is not None:
            scope.vars.setdefault("arguments", UNKNOWN)

    def _work(
        self, scope: Scope, info: ScopeInfo, binding: Binding, given: "list[Node] | None"
    ) -> Callable[[], object] | None:
        node = binding.node
        if binding.kind == "function" and node is not None:
            return lambda: Fn(node, scope, arrow=False)
        if binding.kind == "param":
            if given is None or binding.writes or binding.index >= len(given):
                return None
            argument = given[binding.index]
            outer = scope.parent or self.m.top
            return lambda: self.m.evaluate(argument, outer, 100_000)
        if node is None or binding.writes or binding.kind == "other":
            return None
        return lambda: self.m.evaluate(node, scope, 200_000)

    def set_up(self, source: bytes) -> None:
        """Run the rotations of string tables."""
        for count, hit in enumerate(_SHIFT.finditer(source)):
            if count >= MAX_SETUPS:
                break
            node = self._root.descendant_for_byte_range(hit.start(), hit.start() + 1)
            call = _immediate_call(node)
            if call is None or call.id in self._setups or call.end_byte - call.start_byte > SETUP_BYTES:
                continue
            self._setups.add(call.id)
            try:
                self.m.evaluate(call, self.at(call), SETUP_STEPS)
                self.rotated += 1
            except Unresolved:
                self.failed += 1

    def is_setup(self, node: "Node") -> bool:
        """Tell whether a call was run as a setup."""
        return node.id in self._setups


def _immediate_call(node: "Node | None") -> "Node | None":
    """Return the call around a node whose callee is a function written in place."""
    while node is not None:
        if node.type in FUNCTIONS:
            up = node.parent
            while up is not None and up.type in ("parenthesized_expression", "unary_expression"):
                up = up.parent
            if up is not None and up.type == "call_expression":
                return up
        node = node.parent
    return None


def _immediate_arguments(function: "Node") -> "list[Node] | None":
    """Return the arguments of a function that is called where it is written; None when it is not."""
    up = function.parent
    while up is not None and up.type == "parenthesized_expression":
        up = up.parent
    if up is None or up.type != "call_expression" or function.type not in FUNCTIONS:
        return None
    target, holder = up.child_by_field_name("function"), up.child_by_field_name("arguments")
    if target is None or holder is None or holder.type != "arguments" or target.end_byte < function.end_byte:
        return None
    return [child for child in holder.named_children if child.type != "comment"]
