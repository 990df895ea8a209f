"""A script as it reads without its obfuscation.

    rewritten(source, parse)  ->  Rewrite(source=b"...", steps=("string array of 312 entries, rotated",), codes=(...))

Passes are repeated until nothing changes: the first undoes the string table, the next ones what its strings hid.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lazaretto.parse.js_eval.fold import VISITS, Folder
from lazaretto.parse.js_eval.machine import STEPS, Machine
from lazaretto.parse.js_eval.scope import Scope
from lazaretto.parse.js_eval.statements import compiled, hoisted
from lazaretto.parse.js_eval.static import Statics
from lazaretto.parse.js_eval.values import Arr, Fn, Unresolved
from lazaretto.parse.js_nodes import FUNCTIONS, text_of

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

MAX_BYTES = 3 << 20
"""Longer scripts are not rewritten."""
LARGE = 1 << 20
"""Reading and surveying a script of this size takes a second by itself: less is folded."""
PASSES = 4
QUESTIONS = (200_000, 20_000)
"""Steps of one question in the first pass, and in the later ones, which have no table to undo."""
RECURSION = 6_000
"""Python frames; scripts nest a few hundred levels."""
_HEX_NAME = re.compile(rb"\b_0x([0-9a-f]{2,8})\b")


@dataclass(frozen=True, slots=True)
class Code:
    """A text that the script runs as code."""

    how: str
    """`eval`, `Function`, `setTimeout`, `runInThisContext`, ..."""
    text: str
    offset: int
    """Byte of the call in the source."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What came out."""

    source: bytes
    """The script, rewritten; empty when nothing changed."""
    steps: tuple[str, ...]
    """What was undone, for people."""
    codes: tuple[Code, ...]
    """Texts that become code."""
    changes: int
    """Edits of all passes."""
    cut: bool
    """True when a limit was reached."""


@contextmanager
def deep() -> "Iterator[None]":
    """Allow more nested calls for a while: expressions of packed scripts are nested a few hundred levels."""
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(max(old, RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(old)


def rewritten(source: bytes, parse: "Callable[[bytes], Tree]") -> Rewrite:
    """Return the script without its obfuscation. Never raises for what the script holds."""
    codes: dict[tuple[str, str], Code] = {}
    steps: list[str] = []
    changes, cut, left = 0, False, STEPS
    visits = VISITS if len(source) <= LARGE else VISITS // 2
    current = source
    with deep():
        for turn in range(PASSES):
            if len(current) > MAX_BYTES:
                cut = True
                break
            tree = parse(current)
            try:
                machine = Machine(tree.root_node, parse)
                machine.left = left
                machine.question = QUESTIONS[turn > 0]
                statics = Statics(machine, tree.root_node)
                statics.set_up(current)
                folder = Folder(machine, statics, visits)
                folder.run(tree.root_node)
            except (Unresolved, RecursionError, MemoryError):
                cut = True
                break
            for how, text, offset in folder.places:
                codes.setdefault((how, text), Code(how, text, offset if turn == 0 else 0))
            visits, left = folder.visits, machine.left
            cut = cut or visits <= 0 or (left <= 0 and turn == 0)
            if turn == 0:
                steps += _described(machine, statics, folder)
            _drop(folder, tree.root_node)
            if not folder.edits:
                break
            changes += len(folder.edits)
            if folder.visits <= 0:
                current = current[: folder.reached]
            made = folder.edits.render(current, sorted(set(folder.breaks)) if turn == 0 else (), MAX_BYTES)
            if made == current or cut or visits <= 0 or left <= 0:
                current = made
                break
            current = made
    changed = current if changes else b""
    return Rewrite(_HEX_NAME.sub(rb"x\1", changed), tuple(steps), tuple(codes.values()), changes, cut)


def executed(root: "Node", parse: "Callable[[bytes], Tree]", places: "Sequence[tuple[int, int]]") -> tuple[Code, ...]:
    """Return the texts that become code at these byte ranges; nothing else of the tree is folded."""
    calls = _calls(root, places)
    if not calls:
        return ()  # to survey a bundle takes longer than everything else
    codes: list[Code] = []
    with deep():
        try:
            machine = Machine(root, parse)
        except Unresolved:
            return ()
        machine.question = QUESTIONS[1]
        statics = Statics(machine, root)
        for node in calls:
            folder = Folder(machine, statics, 2_000)
            folder.value(node, statics.at(node))
            codes += [Code(how, text, offset) for how, text, offset in folder.places]
    return tuple(codes)


def _calls(root: "Node", places: "Sequence[tuple[int, int]]") -> "list[Node]":
    """Return the calls that stand around these byte ranges, each once."""
    found: dict[int, Node] = {}
    for start, end in places:
        node = root.descendant_for_byte_range(start, end)
        for _ in range(6):
            if node is None or node.type in ("call_expression", "new_expression"):
                break
            node = node.parent
        if node is not None and node.type in ("call_expression", "new_expression"):
            found.setdefault(node.id, node)
    return list(found.values())


def run(source: bytes, parse: "Callable[[bytes], Tree]") -> tuple[Code, ...]:
    """Run a script from its top in the evaluator, leaving out what is not understood; return texts that become code.

    For scripts whose names are written again and again (jjencode and its like).
    """
    tree = parse(source)
    codes: list[Code] = []
    with deep():
        try:
            machine = Machine(tree.root_node, parse)
            hoisted(machine, tree.root_node)(machine.top)
        except Unresolved:
            return ()
        for node in _statements(tree.root_node):
            before = len(machine.captured)
            try:
                code = machine.guarded(lambda node=node: compiled(machine, node)(machine.top))  # type: ignore[misc]
                del code
            except Unresolved:
                pass
            codes += [Code(how, text, node.start_byte) for how, text in machine.captured[before:]]
    return tuple(codes)


def _statements(root: "Node") -> "Iterator[Node]":
    for node in root.named_children[:5_000]:
        if node.type not in ("comment", "function_declaration", "import_statement"):
            yield node


def _described(machine: Machine, statics: Statics, folder: Folder) -> list[str]:
    steps = []
    sizes = [len(value.items) for value in _tables(machine.top) if len(value.items) >= 4]
    calls = sum(folder.decoders.values())
    if calls:
        table = f"string array of {max(sizes)} entries" if sizes else "string decoder"
        stood = [f.stand_in.__name__ for f in _functions(machine) if f.stand_in is not None]
        kinds = sorted({"rc4" if "rc4" in name else "base64" for name in stood})
        steps.append(", ".join([table, *(["rotated"] if statics.rotated else []), *kinds, f"{calls} calls"]))
    return steps


def _tables(scope: Scope) -> "Iterator[Arr]":
    for value in scope.vars.values():
        if isinstance(value, Arr):
            yield value
        elif isinstance(value, Fn):
            yield from (v for v in value.scope.vars.values() if isinstance(v, Arr) and value.scope is not scope)


def _functions(machine: Machine) -> "Iterator[Fn]":
    for value in machine.top.vars.values():
        if isinstance(value, Fn):
            yield value
            yield from (inner for inner in value.props.values() if isinstance(inner, Fn))


def _drop(folder: Folder, root: "Node") -> None:
    """Leave out decoders and string tables: what they held is written where it was used."""
    for node in root.named_children:
        if node.type == "function_declaration" and (node.id in folder.decoders or _is_table(node)):
            folder.edits.replace(node.start_byte, node.end_byte, b"")
        elif node.type in ("variable_declaration", "lexical_declaration") and folder.decoders:
            for part in node.named_children:
                value = part.child_by_field_name("value")
                name = part.child_by_field_name("name")
                if value is not None and name is not None and (value.id in folder.decoders or _is_list(value)):
                    folder.edits.replace(value.start_byte, value.end_byte, b"0")


def _is_table(node: "Node") -> bool:
    """A function that hands out one array of texts and replaces itself."""
    body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
    if body is None or name is None or body.type != "statement_block" or body.named_child_count > 4:
        return False
    source = body.text or b""
    return re.search(rb"(?<![\w$])" + re.escape(text_of(name).encode()) + rb"\s*=\s*function", source) is not None


def _is_list(node: "Node") -> bool:
    """A long array of nothing but texts."""
    if node.type != "array" or node.type in FUNCTIONS or node.named_child_count < 4:
        return False
    return all(child.type == "string" for child in node.named_children[:50])
