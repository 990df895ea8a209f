"""A tree of tests as one Python function over a `Log`. Comparisons of one field with many texts become one step."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final, TypeAlias

from lazaretto.detect.sigma.log import Log, Value
from lazaretto.detect.sigma.tree import Compare, Kind, Node, Not, Pattern, Some

Check: TypeAlias = Callable[[Log], bool]
OfText: TypeAlias = Callable[[str], bool]

_GROUPED: Final = (Kind.EQUALS, Kind.STARTS, Kind.ENDS, Kind.CONTAINS)


def compiled(node: Node) -> Check:
    """Return a function that tells whether a record answers the question. It never raises."""
    if isinstance(node, Compare):
        return _test(node)
    if isinstance(node, Not):
        inner = compiled(node.part)
        return lambda log: not inner(log)
    if isinstance(node, Some):
        return _any([*_grouped(node.parts)])
    return _all([compiled(part) for part in node.parts])


def _any(checks: list[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def check(log: Log) -> bool:
        for one in checks:  # noqa: SIM110 - a generator costs twice the time
            if one(log):
                return True
        return False

    return check


def _all(checks: list[Check]) -> Check:
    def check(log: Log) -> bool:
        for one in checks:  # noqa: SIM110
            if not one(log):
                return False
        return True

    return check


def _grouped(parts: Iterable[Node]) -> Iterable[Check]:
    """Join alternatives that compare the same field in the same way; the others stay what they are."""
    groups: dict[tuple[str, Kind], list[str]] = {}
    others: list[Node] = []
    for part in parts:
        if isinstance(part, Compare) and part.kind in _GROUPED and not part.cased and isinstance(part.operand, str):
            groups.setdefault((part.field, part.kind), []).append(part.operand)
        else:
            others.append(part)
    for (field, kind), operands in groups.items():
        yield _on(field, _texts(kind, tuple(operands)), cased=False)
    yield from map(compiled, others)


def _texts(kind: Kind, operands: tuple[str, ...]) -> OfText:
    if kind is Kind.EQUALS:
        return frozenset(operands).__contains__
    if kind is Kind.STARTS:
        return lambda text: text.startswith(operands)
    if kind is Kind.ENDS:
        return lambda text: text.endswith(operands)
    if len(operands) == 1:
        only = operands[0]
        return lambda text: only in text

    def contains(text: str) -> bool:
        for operand in operands:  # noqa: SIM110
            if operand in text:
                return True
        return False

    return contains


def _on(field: str, of_text: OfText, *, cased: bool) -> Check:
    """Return a check that asks `of_text` of the field's value, of one of its values, or of any field's."""
    if not field:
        return lambda log: any(_passes(value, of_text) for value in (log.raw if cased else log.low).values())

    def check(log: Log) -> bool:
        value = (log.raw if cased else log.low).get(field)
        if value is None:
            return False
        if isinstance(value, str):
            return of_text(value)
        return any(map(of_text, value))

    def folded(log: Log) -> bool:
        value = log.low.get(field)
        if value is None:
            return False
        if isinstance(value, str):
            return of_text(value)
        return any(map(of_text, value))

    return check if cased else folded


def _passes(value: Value, of_text: OfText) -> bool:
    return of_text(value) if isinstance(value, str) else any(map(of_text, value))


def _test(test: Compare) -> Check:
    field, kind, operand = test.field, test.kind, test.operand
    if kind is Kind.PRESENT:
        return lambda log: field in log.low
    if kind is Kind.ABSENT:
        return lambda log: field not in log.low
    if kind in _FIELDS:
        return _field(field, str(operand), _FIELDS[kind])
    if kind in _GROUPED and isinstance(operand, str):
        return _on(field, _texts(kind, (operand,)), cased=test.cased)
    if kind is Kind.PARTS and isinstance(operand, tuple):
        return _on(field, _parts(operand), cased=test.cased)
    if kind is Kind.REGEX and operand is not None and hasattr(operand, "search"):
        return _on(field, _regex(operand), cased=test.cased)
    if kind is Kind.NETWORK and isinstance(operand, (IPv4Network, IPv6Network)):
        return _on(field, _network(operand), cased=False)
    if isinstance(operand, (int, float)):
        return _on(field, _number(kind, operand), cased=False)
    raise TypeError(f"no operand for {kind}")


def _parts(parts: tuple[str, ...]) -> OfText:
    first, *middle, last = parts
    least = sum(map(len, parts))

    def check(text: str) -> bool:
        if len(text) < least or not text.startswith(first) or not text.endswith(last):
            return False
        at = len(first)
        for part in middle:
            at = text.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return at <= len(text) - len(last)

    return check


def _regex(pattern: Pattern) -> OfText:
    search = pattern.search
    return lambda text: search(text) is not None


def _network(network: IPv4Network | IPv6Network) -> OfText:
    def check(text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        if address.version == 6 and network.version == 4 and address.ipv4_mapped is not None:
            return address.ipv4_mapped in network
        return address in network

    return check


def _number(kind: Kind, operand: float) -> OfText:
    compare: dict[Kind, Callable[[float], bool]] = {
        Kind.NUMBER: lambda value: value == operand,
        Kind.NOT_NUMBER: lambda value: value != operand,
        Kind.LESS: lambda value: value < operand,
        Kind.LESS_EQUAL: lambda value: value <= operand,
        Kind.GREATER: lambda value: value > operand,
        Kind.GREATER_EQUAL: lambda value: value >= operand,
    }
    holds = compare[kind]

    def check(text: str) -> bool:
        try:
            value = int(text) if len(text) < 20 else float(text[:400])
        except ValueError:
            try:
                value = float(text[:400])
            except ValueError:
                return False
        return holds(value)

    return check


_FIELDS: Final[dict[Kind, Callable[[str, str], bool]]] = {
    Kind.FIELD_EQUALS: lambda value, other: value == other,
    Kind.FIELD_STARTS: lambda value, other: value.startswith(other),
    Kind.FIELD_ENDS: lambda value, other: value.endswith(other),
    Kind.FIELD_CONTAINS: lambda value, other: other in value,
}


def _field(field: str, other: str, holds: Callable[[str, str], bool]) -> Check:
    def check(log: Log) -> bool:
        left, right = log.low.get(field), log.low.get(other)
        if left is None or right is None:
            return False
        lefts = (left,) if isinstance(left, str) else left
        rights = (right,) if isinstance(right, str) else right
        return any(holds(one, two) for one in lefts for two in rights)

    return check
