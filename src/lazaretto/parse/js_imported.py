"""What a script hands to functions of other files of its project.

`pull().then((t) => tools.run(t))`  ->  Handover(callee=("./tools", "run"), index=0, given=Value(...), line=1)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lazaretto.parse.js_nodes import arguments, callee_of
from lazaretto.parse.js_value import Path, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from lazaretto.parse.javascript import JavaScriptModule

MAX_NAMES = 40
"""Imported names that are followed per file."""
MAX_CALLS = 12
"""Calls of one name."""
MAX_ARGUMENTS = 6

_BOUND = re.compile(
    rb"(?:(?:const|let|var)\s+([\w$]+|\{[^}]{1,600}\})\s*=\s*(?:await\s+import|require)\s*\(\s*[\"']\."
    rb"|import\s+([^;'\"]{1,600}?)\s+from\s*[\"'][.@~])"
)
_NOT_NAMES = (b"as", b"type", b"default")


@dataclass(frozen=True, slots=True)
class Handover:
    """One argument of one call of an imported function."""

    callee: Path
    """Relative specifier, and the function's exported name; one part alone for the module's own function."""
    index: int
    """Position of the argument."""
    given: Value
    line: int
    """Line of the call."""

    @property
    def name(self) -> str:
        """The exported name that is called; `default` for the module's own function."""
        return self.callee[-1] if len(self.callee) > 1 else "default"


def handovers(module: "JavaScriptModule") -> Iterator[Handover]:
    """Yield what is given to functions that relative imports bring, directly or as a callback of a promise."""
    for name in _imported_names(module):
        word = re.escape(name) + rb"\s*(?:\.\s*[\w$]{1,60}\s*)?"
        called = re.compile(rb"(?<![\w$.])" + word + rb"(?:\?\.)?\(")
        for count, hit in enumerate(called.finditer(module.source)):
            if count >= MAX_CALLS:
                break
            call = _call_at(module, hit.end() - 1)
            target = callee_of(call) if call is not None else None
            path = module.flow.callee(target) if target is not None else ("?",)
            if call is not None and _is_function_of_project(path):
                line = module.line_of(call.start_byte)
                for index, given in enumerate(arguments(call)[:MAX_ARGUMENTS]):
                    yield Handover(path, index, module.flow.value(given), line)
        by_name = re.compile(rb"\.\s*then\s*\(\s*(" + word + rb")[,)]")
        for count, hit in enumerate(by_name.finditer(module.source)):
            if count >= MAX_CALLS:
                break
            yield from _callback(module, *hit.span(1))


def _callback(module: "JavaScriptModule", start: int, end: int) -> Iterator[Handover]:
    """`pull().then(run)`: the imported function gets what the promise brings."""
    node = module.at(start, end - (end - start - len(module.source[start:end].rstrip())))
    call = node.parent.parent if node is not None and node.parent is not None else None
    then = callee_of(call) if call is not None and call.type == "call_expression" else None
    holder = then.child_by_field_name("object") if then is not None else None
    path = module.flow.callee(node) if node is not None else ("?",)
    if holder is not None and call is not None and _is_function_of_project(path):
        yield Handover(path, 0, module.flow.value(holder), module.line_of(call.start_byte))


def _is_function_of_project(path: Path) -> bool:
    return path[0].startswith((".", "@/", "~/")) and len(path) <= 3


def _imported_names(module: "JavaScriptModule") -> list[bytes]:
    names: list[bytes] = []
    for found in _BOUND.finditer(module.source):
        for name in re.findall(rb"[\w$]+", found[1] or found[2]):
            if name not in _NOT_NAMES and name not in names:
                names.append(name)
    return names[:MAX_NAMES]


def _call_at(module: "JavaScriptModule", parenthesis: int) -> "Node | None":
    node = module.at(parenthesis, parenthesis + 1)
    call = node.parent.parent if node is not None and node.parent is not None else None
    return call if call is not None and call.type == "call_expression" else None
