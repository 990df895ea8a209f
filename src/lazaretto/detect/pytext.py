"""Python source as lines: which function a line stands in, and who calls a function, told by indentation and names.

Stories join files whose facts were read in other processes; they look again at the few files that matter, as text.
Nothing is parsed here: every answer takes one walk over the lines.
"""

import re
from dataclasses import dataclass

LINES = 20_000
ROUNDS = 5
_DEF = re.compile(r"^([ \t]{0,60})(?:async[ \t]{1,4})?(def|class)[ \t]{1,8}(\w{1,100})")
_CALL = re.compile(r"(?<![\w.])((?:\w{1,60}\.){0,4})(\w{1,100})[ \t]?\(")
_HANDED = re.compile(r"(?:target|func|function)[ \t]?=[ \t]?(?:\w{1,60}\.){0,4}(\w{1,100})")
_MAIN = re.compile(r"^if\s+__name__\s*==")


@dataclass(frozen=True, slots=True)
class Block:
    """A function or class and the lines of its body, from 1."""

    name: str
    """Qualified: `Graph.__init__`."""
    kind: str
    """`def` or `class`."""
    first: int
    last: int


class PythonText:
    """The lines of one file, and the blocks that they make."""

    def __init__(self, text: str) -> None:
        """Take at most `LINES` lines."""
        self.lines = text.split("\n")[:LINES]
        self.blocks: list[Block] = []
        self._main: set[int] = set()
        self._read()

    def _read(self) -> None:
        stack: list[tuple[int, str, str, int]] = []
        main = -1
        quoted = ""
        for number, line in enumerate(self.lines, 1):
            if quoted:
                quoted = "" if quoted in line else quoted
                continue
            stripped = line.strip()
            if not stripped or stripped.startswith("#"):
                continue
            indent = len(line) - len(line.lstrip())
            if stripped[0] in ")]}":
                continue
            while stack and indent <= stack[-1][0]:
                self._close(stack, number - 1)
            if indent == 0:
                main = number if _MAIN.match(line) else -1
            elif main > 0:
                self._main.add(number)
            found = _DEF.match(line)
            if found:
                stack.append((indent, found[2], found[3], number))
            for mark in ('"""', "'''"):
                if stripped.count(mark) % 2:
                    quoted = mark
        while stack:
            self._close(stack, len(self.lines))

    def _close(self, stack: list[tuple[int, str, str, int]], last: int) -> None:
        name = ".".join(part for _, _, part, _ in stack)
        _, kind, _, first = stack.pop()
        self.blocks.append(Block(name, kind, first, last))

    def around(self, line: int) -> Block | None:
        """Return the innermost function that holds a line; None at module level (class bodies included)."""
        inside = [block for block in self.blocks if block.kind == "def" and block.first <= line <= block.last]
        return max(inside, key=lambda block: block.first, default=None)

    def calls(self, first: int, last: int) -> set[str]:
        """Return the last names of what is called, or handed to a thread, in these lines."""
        found: set[str] = set()
        for line in self.lines[first - 1 : last]:
            found.update(hit[2] for hit in _CALL.finditer(line))
            found.update(_HANDED.findall(line))
        return found

    def call_lines(self, names: set[str]) -> list[int]:
        """Return the lines that call one of these names."""
        return [
            number
            for number, line in enumerate(self.lines, 1)
            if any(hit[2] in names for hit in _CALL.finditer(line)) and not _DEF.match(line)
        ]

    def at_import(self) -> set[str]:
        """Return the names of what runs when the file is imported: called at module level, and what that calls."""
        inner = {
            number for block in self.blocks if block.kind == "def" for number in range(block.first, block.last + 1)
        }
        names: set[str] = set()
        for number, line in enumerate(self.lines, 1):
            if number not in inner and number not in self._main:
                names.update(hit[2] for hit in _CALL.finditer(line))
                names.update(_HANDED.findall(line))
        for _ in range(ROUNDS):
            more = set(names)
            for block in self.blocks:
                if block.kind == "def" and block.name.rpartition(".")[2] in names and "." not in block.name:
                    more |= self.calls(block.first + 1, block.last)
            if more == names:
                break
            names = more
        return names

    def reaching(self, line: int) -> set[str]:
        """Return the functions (last names) from which a line is reached inside the file; empty at module level."""
        block = self.around(line)
        if block is None:
            return set()
        names = {_public(block.name), block.name.rpartition(".")[2]}
        owner = block.name.rpartition(".")[0].rpartition(".")[2]
        if owner:
            names.add(owner)  # whoever makes the object is near
        for _ in range(ROUNDS):
            more = set(names)
            for other in self.blocks:
                if other.kind == "def" and names & self.calls(other.first + 1, other.last):
                    more.add(_public(other.name))
            if more == names:
                break
            names = more
        return names

    def condition(self, line: int) -> str:
        """Return the conditions above a line, inside its function, as they are written; at most two."""
        block = self.around(line)
        if block is None:
            return ""
        found: list[str] = []
        indent = _indent(self.lines[line - 1])
        for number in range(line - 1, block.first, -1):
            text = self.lines[number - 1]
            stripped = text.strip()
            if stripped and _indent(text) < indent:
                indent = _indent(text)
                if stripped.startswith(("if ", "elif ", "while ")):
                    found.append(stripped.rstrip(":").partition(" ")[2])
        return " and ".join(found[:2])


def _public(name: str) -> str:
    """Return how others name a function: a constructor is called by its class."""
    owner, _, last = name.rpartition(".")
    return owner.rpartition(".")[2] if last in {"__init__", "__new__", "__call__"} and owner else last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
