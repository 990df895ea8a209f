"""Names and functions of a Python file while it is read: scopes, local functions, and which of them only compute."""

import ast
from dataclasses import dataclass, field

from lazaretto.parse.py_nodes import walk
from lazaretto.parse.py_values import UNKNOWN, Value

INLINE_CALLS = 200
"""How often one local function is entered with known arguments, at most."""
INLINE_LINES = 1500
"""Lines of one local function that are read in all its entries, apart from the first six."""


@dataclass(slots=True)
class Function:
    """A function or lambda of the file."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    qual: str
    owner: "Scope"
    summary: Value | None = None
    entered: int = 0
    misses: int = 0
    """How often the machine could not compute it."""
    _computes: bool | None = None
    known: "dict[object, tuple[int, int, Value]]" = field(default_factory=dict)
    """Arguments -> the reader's `version` and depth when they were read, and what came of them."""

    @property
    def computes(self) -> bool:
        """Tell whether it may be a decoder that the machine can compute."""
        if self._computes is None:
            self._computes = computes(self.node)
        return self._computes

    @property
    def limit(self) -> int:
        """How often it may be entered: short decoders often, long functions a few times."""
        lines = (self.node.end_lineno or self.node.lineno) - self.node.lineno + 1
        return max(6, min(INLINE_CALLS, INLINE_LINES // lines))


_WORKS = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.BitXor, ast.Lambda, ast.DictComp, ast.Slice)
_EFFECTS = (ast.With, ast.AsyncWith, ast.Yield, ast.YieldFrom, ast.Await, ast.ClassDef, ast.Raise, ast.Delete)
COMPUTED_NODES = 800
"""Nodes of the longest function or loop that is computed."""


def computes(node: ast.AST) -> bool:
    """Tell whether a function or loop looks as if it only computes: loops or arithmetic, and no effects."""
    works = False
    for count, part in enumerate(walk(node)):
        if isinstance(part, _EFFECTS) or count > COMPUTED_NODES:
            return False
        if (
            isinstance(part, ast.Attribute | ast.Name)
            and isinstance(part.ctx, ast.Store)
            and isinstance(part, ast.Attribute)
        ):
            return False
        if isinstance(part, _WORKS) or (isinstance(part, ast.Name) and part.id in {"chr", "ord", "bytes", "map"}):
            works = True
    return works


class Scope:
    """Names known in a module, class or function body."""

    __slots__ = ("globals", "kind", "names", "parent", "qual", "returns", "shared")

    def __init__(self, kind: str, qual: str, parent: "Scope | None") -> None:
        """`kind` is `module`, `class` or `function`."""
        self.kind = kind
        self.qual = qual
        self.parent = parent
        self.names: dict[str, Value] = {}
        self.globals: set[str] = set()
        self.returns = UNKNOWN
        self.shared = kind != "function"
        """True when functions inside see the names."""

    def look(self, name: str) -> Value | None:
        """Find a name here or further out; class bodies are not seen from their functions."""
        scope: Scope | None = self
        first = True
        while scope is not None:
            if name in scope.names and (first or scope.kind != "class"):
                return scope.names[name]
            first = False
            scope = scope.parent
        return None
