"""What a reading of one Python file yields: calls with their arguments, imports, strings, and what runs when."""

import ast
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lazaretto.parse.py_values import UNKNOWN, Value

MODULE = ""
"""Scope name of the module's own statements."""
MAIN = "<main>"
"""Scope name of the statements below `if __name__ == "__main__":`."""


@dataclass(slots=True)
class Call:
    """One call, as often as it was evaluated with different arguments (at most a few times)."""

    name: str
    """Dotted name through import aliases; `~f` for the file's own functions; empty when unknown."""
    attr: str
    """The last part of what is called, as written: `get` of `session.get`."""
    line: int
    column: int
    args: tuple[Value, ...]
    kwargs: dict[str, Value]
    scope: str
    """Qualified name of the function around it, `MODULE` or `MAIN`."""
    receiver: Value = UNKNOWN
    """The object whose method is called."""
    layer: int = 0
    """How many layers of decoded text lie around it; 0 = written in the file as it is."""
    place: tuple[int, ...] = ()
    """Where the call begins and ends; the same for all readings of one call."""
    layers: tuple[str, ...] = ()
    """The decodings of the text that the call was found in, in the order in which they are applied."""
    aside: bool = False
    """True below `if sys.argv[1] == "publish":` and the like: a command that no installer gives."""
    quiet: bool = False
    """True when its result is thrown away and whatever it raises is swallowed."""
    hidden: bool = False
    """True when the name itself went through a decoder: `getattr(builtins, "cexe"[::-1])`."""

    def arg(self, position: int, *names: str) -> Value:
        """Return the argument at a position, or under one of the names; `UNKNOWN` when absent."""
        if 0 <= position < len(self.args):
            return self.args[position]
        for name in names:
            if name in self.kwargs:
                return self.kwargs[name]
        return UNKNOWN

    def values(self) -> Iterator[Value]:
        """All arguments."""
        yield from self.args
        yield from self.kwargs.values()

    def weight(self) -> int:
        """Return how much is known about the arguments."""
        return sum((value.shape != "\0") + (value.items is not None) + 2 * len(value.tags) for value in self.values())

    def tags(self) -> frozenset[str]:
        """Tags of all arguments and their elements."""
        out: frozenset[str] = frozenset()
        for values in (self.args, self.kwargs.values()):
            for value in values:
                if value.items:
                    out |= value.all_tags()
                elif value.tags:
                    out = out | value.tags if out else value.tags
        return out


class Decoded(NamedTuple):
    """Content that came out of a decoder and was handed to something other than Python's `exec`."""

    data: bytes
    line: int
    column: int
    steps: tuple[str, ...]


@dataclass(slots=True)
class Facts:
    """Everything that rules ask about one file."""

    calls: list[Call] = field(default_factory=list)
    imports: list[tuple[str, int]] = field(default_factory=list)
    """Modules (relative ones with their dots) and lines."""
    strings: list[tuple[str, int]] = field(default_factory=list)
    """Text constants of four characters and more that are used (no docstrings), and lines."""
    env_reads: list[tuple[str, int]] = field(default_factory=list)
    edges: dict[str, set[str]] = field(default_factory=dict)
    """Scope -> functions that it calls or hands on."""
    functions: dict[str, int] = field(default_factory=dict)
    """Qualified name -> line."""
    install_classes: set[str] = field(default_factory=set)
    """Local classes that extend or replace a setuptools command."""
    commands: dict[str, set[str]] = field(default_factory=dict)
    """Local class -> the keys under which a dict holds it, where those name setuptools commands or others."""
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Local class -> dotted names of its bases."""
    attributes: list[tuple[str, int]] = field(default_factory=list)
    """Dotted names that were read as values, and lines."""
    layers: list[tuple[str, int]] = field(default_factory=list)
    """Program text found inside decoded constants and examined as well, and the line of the outermost call."""
    decoded: list[Decoded] = field(default_factory=list)
    """What decoders of this file were seen to give, when that is no Python that was examined."""
    code_names: set[str] = field(default_factory=set)
    """Names that marshalled code objects use, where this file executes them."""
    files: dict[str, frozenset[str]] = field(default_factory=dict)
    """Path (as far as known) of a written file -> `file:` tags of what was written."""
    partial: bool = False
    """True when the file was too big or too deep to be read to its end."""
    tolerant: bool = False
    """True when the file is not valid Python 3 and was read by the tolerant parser."""
    _reached: dict[str, frozenset[str]] = field(default_factory=dict)

    def reached_from(self, roots: Iterable[str]) -> frozenset[str]:
        """Return all scopes that run when `roots` run."""
        seen = set(roots)
        queue = deque(seen)
        while queue:
            for target in self.edges.get(queue.popleft(), ()):
                if target not in seen:
                    seen.add(target)
                    queue.append(target)
        return frozenset(seen)

    @property
    def at_import(self) -> frozenset[str]:
        """Scopes that run when the module is imported (commands of setuptools included)."""
        if "import" not in self._reached:
            roots = {MODULE}
            for scope in self.functions:
                owner, _, method = scope.rpartition(".")
                if (owner in self.install_classes and not method.startswith("_")) or (
                    owner in self.install_classes and method == "__init__"
                ):
                    roots.add(scope)
            self._reached["import"] = self.reached_from(roots)
        return self._reached["import"]

    @property
    def at_run(self) -> frozenset[str]:
        """Scopes that run when the file is started as a program."""
        if "run" not in self._reached:
            self._reached["run"] = self.reached_from({MODULE, MAIN} | self.at_import)
        return self._reached["run"]


def line_of(node: ast.AST) -> int:
    """Return the line of a node, 1 when it has none."""
    return int(getattr(node, "lineno", 1) or 1)
