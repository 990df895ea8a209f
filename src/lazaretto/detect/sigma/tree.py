"""What a Sigma rule asks, as plain values: a tree of `All`, `Some`, `Not` and `Compare`. Knows nothing of pySigma."""

from dataclasses import dataclass
from enum import Enum, auto
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol, TypeAlias


class Kind(Enum):
    """What a test compares a field's text with. Texts are compared with case folded, unless the test is `cased`."""

    EQUALS = auto()
    STARTS = auto()
    ENDS = auto()
    CONTAINS = auto()
    PARTS = auto()
    """`*` between texts: the value begins with the first, ends with the last, and the others follow in order."""
    REGEX = auto()
    """A search, not a match of the whole; with the case as logged. `?` of a Sigma text is a regular expression, too."""
    NETWORK = auto()
    NUMBER = auto()
    LESS = auto()
    LESS_EQUAL = auto()
    GREATER = auto()
    GREATER_EQUAL = auto()
    NOT_NUMBER = auto()
    PRESENT = auto()
    ABSENT = auto()
    FIELD_EQUALS = auto()
    """The value of another field."""
    FIELD_STARTS = auto()
    FIELD_ENDS = auto()
    FIELD_CONTAINS = auto()


class Pattern(Protocol):
    """A compiled expression whose search takes time linear in the text."""

    def search(self, text: str, /) -> object:
        """Return something true when the expression is somewhere in the text."""
        ...


Operand: TypeAlias = str | tuple[str, ...] | Pattern | IPv4Network | IPv6Network | int | float | None


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison. An absent field passes no test but `ABSENT`."""

    field: str
    """Empty: any field's value (a keyword)."""
    kind: Kind
    operand: Operand = None
    cased: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Node"


Node: TypeAlias = All | Some | Not | Compare


def simplify(node: Node) -> Node:
    """Return the same question with nested `All` in `All` and `Some` in `Some` flattened, and lone parts unwrapped."""
    if isinstance(node, Compare):
        return node
    if isinstance(node, Not):
        return Not(simplify(node.part))
    own = type(node)
    parts: list[Node] = []
    for part in map(simplify, node.parts):
        if isinstance(part, (All, Some)) and type(part) is own:
            parts.extend(part.parts)
        else:
            parts.append(part)
    if len(parts) == 1:
        return parts[0]
    return own(tuple(dict.fromkeys(parts)))
