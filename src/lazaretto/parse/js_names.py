"""Names: which definitions of an identifier can be seen from a place. Found by search, judged by syntax.

    definitions("data", at)  ->  Definition(kind="value", node=<axios.get(...)>, path=("data",))

Nothing is indexed up front: the name is searched in the text, each hit that can be a binding is looked up in the
tree. Definitions are taken from the innermost block, function or clause that binds the name, as the language does.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lazaretto.parse.js_nodes import FUNCTIONS, literal, text_of, unwrap

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.javascript import JavaScriptModule

HITS_PER_NAME = 400
"""Sightings of a name that may bind it."""
SCANNED_PER_NAME = 20_000
"""Sightings of a name, not followed by a letter or digit, that are looked at in the text."""
FEW = 60
"""Sightings up to which to look at each costs less than to compile a pattern."""
_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
_AFTER = re.compile(rb"(?![\w$])\s*(?:=(?!=)|[-+*/%|&^?]{1,2}=|[,})\]:]|\?\s*[:,)]|of\b|in\b|from\b|$)")
"""What can follow a name where it is bound."""
_BINDER = re.compile(rb"\b(?:function\*?|class|let|var|const)\s+$")
_BLOCKS = frozenset({"statement_block", "program", "for_statement", "for_in_statement", "switch_body", "class_body"})
_PATTERNS = frozenset(
    {
        "object_pattern",
        "array_pattern",
        "pair_pattern",
        "rest_pattern",
        "assignment_pattern",
        "object_assignment_pattern",
        "required_parameter",
        "optional_parameter",
    }
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One place that gives a name its value."""

    kind: str
    """`value`, `declared` (without a value), `add` (`+=`), `param`, `catch`, `each`, `function`, `class`, `import`."""
    node: "Node"
    """The value's expression; for `param` and `function` the function, for `catch` the clause, for `class` the
    class, for `each` the iterated expression, for `import` the name's own node."""
    path: tuple[str, ...] = ()
    """Property names that a destructuring pattern takes; for `import` the imported name, `*` or `default`."""
    index: int = 0
    """Position of a parameter."""
    source: str = ""
    """Module specifier of an import."""
    start: int = 0
    end: int = 0
    """Bytes in which the binding can be seen; both 0 for an assignment to a name bound elsewhere."""

    @property
    def binds(self) -> bool:
        """False for plain assignments."""
        return self.end > 0


_Known = tuple[list[tuple[int, int, Definition]], list[tuple[int, Definition]]]
"""Bindings as (first byte, end byte, definition), and plain assignments as (place, definition)."""


class Names:
    """The bindings of one module, by name."""

    def __init__(self, module: "JavaScriptModule") -> None:
        """Nothing is searched yet."""
        self._module = module
        self._known: dict[str, _Known] = {}

    def definitions(self, name: str, at: "Node") -> tuple[Definition, ...]:
        """Return the definitions of `name` visible at a node; empty for globals that are never assigned."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._collect(name)
        bound, assigned = known
        here = at.start_byte
        best: list[Definition] = []
        low, high = 0, 1 << 62
        for start, end, found in bound:
            if start <= here < end and end - start <= high - low:
                if end - start < high - low:
                    best, low, high = [found], start, end
                else:
                    best.append(found)
        return (*best, *(d for place, d in assigned if low <= place < high))

    def _collect(self, name: str) -> _Known:
        source = self._module.source
        word = name.encode()
        found: list[Definition] = []
        hits = 0
        for start in _sightings(source, word):
            end = start + len(word)
            if not _AFTER.match(source, end) and (
                source[end : end + 1].isalnum() or not _BINDER.search(source, max(0, start - 12), start)
            ):
                continue
            hits += 1
            if hits > HITS_PER_NAME:
                break
            node = self._module.at(start, end)
            if node is not None and (definition := _binding(node)) is not None:
                found.append(definition)
        bound = [(d.start, d.end, d) for d in found if d.binds]
        return bound, [(d.node.start_byte, d) for d in found if not d.binds]


def _sightings(source: bytes, word: bytes) -> Iterator[int]:
    """Yield where a name begins that stands alone and is no property, as far as its neighbours tell."""
    if source.count(word) > FEW:  # `e` in a bundle: the letter of other words a hundred times for one name
        for found in itertools.islice(_standing(word).finditer(source), SCANNED_PER_NAME):
            yield found.start()
        return
    start = -1
    while (start := source.find(word, start + 1)) >= 0:
        before = source[start - 1] if start else 0x20
        if before not in _WORD_BYTES and (before != 0x2E or source[start - 3 : start] == b"..."):
            yield start


@lru_cache(maxsize=2048)
def _standing(word: bytes) -> re.Pattern[bytes]:
    """The name first: that lets the search jump from one sighting to the next."""
    name = re.escape(word)
    return re.compile(
        name + rb"(?![0-9A-Za-z])(?<![\w$]" + name + rb")(?:(?<!\." + name + rb")|(?<=\.\.\." + name + rb"))"
    )


def _binding(node: "Node") -> Definition | None:
    """Tell what an identifier node binds, if it stands where names are bound."""
    path: list[str] = []
    child, up = node, node.parent
    if up is None:
        return None
    while up is not None and up.type in _PATTERNS:
        if up.type == "pair_pattern":
            key = up.child_by_field_name("key")
            if key is None or key.id == child.id:
                return None
            path.append(literal(key) or text_of(key))
        elif up.type in ("assignment_pattern", "object_assignment_pattern"):
            left = up.child_by_field_name("left")
            if left is None or left.id != child.id:
                return None
        elif up.type == "object_pattern" and child.type in (
            "shorthand_property_identifier_pattern",
            "object_assignment_pattern",
        ):
            path.append(text_of(node))
        elif up.type == "array_pattern":
            path.append(str(next((i for i, c in enumerate(up.named_children) if c.id == child.id), 0)))
        child, up = up, up.parent
    if up is None:
        return None
    keys = tuple(reversed(path))
    return _bound_by(node, child, up, keys)


def _bound_by(node: "Node", child: "Node", up: "Node", keys: tuple[str, ...]) -> Definition | None:
    kind = up.type
    if kind == "variable_declarator":
        value = up.child_by_field_name("value")
        holder = up.child_by_field_name("name")
        if holder is None or holder.id != child.id:
            return None
        if value is None:
            return Definition("declared", node, keys, 0, "", *_extent(up, up.parent))
        return Definition("value", unwrap(value), keys, 0, "", *_extent(up, up.parent))
    if kind in ("assignment_expression", "augmented_assignment_expression"):
        left, right = up.child_by_field_name("left"), up.child_by_field_name("right")
        if left is None or right is None or left.id != child.id:
            return None
        return Definition("add" if kind.startswith("aug") else "value", unwrap(right), keys)
    if kind == "formal_parameters" and up.parent is not None:
        place = [c.id for c in up.named_children if c.type != "comment"]
        index = place.index(child.id) if child.id in place else 0
        return Definition("param", up.parent, keys, index, "", up.parent.start_byte, up.parent.end_byte)
    if kind == "arrow_function":
        single = up.child_by_field_name("parameter")
        if single is None or single.id != child.id:
            return None
        return Definition("param", up, (), 0, "", up.start_byte, up.end_byte)
    if kind == "catch_clause":
        return Definition("catch", up, keys, 0, "", up.start_byte, up.end_byte)
    if kind == "for_in_statement":
        left, right = up.child_by_field_name("left"), up.child_by_field_name("right")
        if left is None or right is None or left.id != child.id:
            return None
        return Definition("each", unwrap(right), keys, 0, "", up.start_byte, up.end_byte)
    if kind in FUNCTIONS or kind in ("class_declaration", "class"):
        name = up.child_by_field_name("name")
        if name is None or name.id != node.id:
            return None
        what = "function" if kind in FUNCTIONS else "class"
        if kind in ("function_expression", "generator_function", "class"):
            return Definition(what, up, (), 0, "", up.start_byte, up.end_byte)
        return Definition(what, up, (), 0, "", *_extent(up, up)) if kind != "method_definition" else None
    return _imported(node, up)


def _imported(node: "Node", up: "Node") -> Definition | None:
    if up.type == "import_specifier":
        name, alias = up.child_by_field_name("name"), up.child_by_field_name("alias")
        if alias is not None and alias.id != node.id:
            return None
        what = text_of(name) if name is not None else ""
    elif up.type == "namespace_import":
        what = "*"
    elif up.type in ("import_clause", "import_require_clause"):
        what = "default"
    else:
        return None
    statement: Node | None = up
    while statement is not None and statement.type != "import_statement":
        statement = statement.parent
    source = statement.child_by_field_name("source") if statement is not None else None
    if source is None and up.type == "import_require_clause":
        source = up.child_by_field_name("source")
    if source is None:
        return None
    return Definition("import", node, (what,), 0, literal(source) or "", 0, 1 << 40)


def _extent(node: "Node", declaration: "Node | None") -> tuple[int, int]:
    """Return the bytes in which a declaration can be seen: its block, or for `var` its function."""
    hoisted = declaration is not None and declaration.type == "variable_declaration"
    up = node.parent
    while up is not None and up.parent is not None:
        if up.type in FUNCTIONS or (not hoisted and up.type in _BLOCKS):
            break
        up = up.parent
    return (up.start_byte, up.end_byte) if up is not None and up.parent is not None else (0, 1 << 40)
