"""Made-up log records for Sigma rules, and a second opinion on them: the same rules as SQL (`pySigma-backend-sqlite`).

For each rule records are made that it should be true of (a witness for each of several ways through its tree), and from
each of those records that differ from it a little: a field gone, a character changed, the case changed, two joined.
"""

import random
import re
import sqlite3
import string
from collections.abc import Iterator

from sigma.backends.sqlite import sqliteBackend
from sigma.rule import SigmaRule as Parsed

from lazaretto.detect.sigma.rules import SigmaRule
from lazaretto.detect.sigma.tree import All, Compare, Kind, Node, Not, Some

Record = dict[str, str]


def witnesses(rule: SigmaRule, rng: random.Random, ways: int = 12) -> Iterator[Record]:
    """Yield records that the rule is probably true of."""
    for _ in range(ways):
        texts: dict[str, dict[str, list[str]]] = {}
        _choose(rule.tree, texts, rng)
        record = {}
        for field, places in texts.items():
            if equal := places.get("equals"):
                record[field] = equal[0]
                continue
            start = max(places.get("starts", [rng.choice(["", "/b"])]), key=len)
            end = max(places.get("ends", [""]), key=len)
            middle = places.get("contains", [])
            padded = ["", *middle, ""] if middle and not start and rng.random() < 0.5 else middle
            record[field] = start + " x ".join(padded) + end
        yield record


def _choose(node: Node, texts: dict[str, dict[str, list[str]]], rng: random.Random) -> None:
    if isinstance(node, All):
        for part in node.parts:
            _choose(part, texts, rng)
    elif isinstance(node, Some):
        _choose(rng.choice(node.parts), texts, rng)
    elif isinstance(node, Compare):
        places = texts.setdefault(node.field or "CommandLine", {})
        kind, operand = node.kind, node.operand
        if kind in (Kind.EQUALS, Kind.STARTS, Kind.ENDS, Kind.CONTAINS):
            places.setdefault(kind.name.lower(), []).append(str(operand))
        elif kind is Kind.PARTS:
            places.setdefault("contains", []).append(" y ".join(operand))
        elif kind is Kind.REGEX:
            where = "ends" if _plain(operand).endswith("$") else "contains"
            places.setdefault(where, []).append(_example(operand, rng))
        elif kind is Kind.NETWORK:
            places["equals"] = [str(operand[rng.randrange(min(operand.num_addresses, 1 << 16))])]
        elif kind in (Kind.NUMBER, Kind.LESS_EQUAL, Kind.GREATER_EQUAL):
            places["equals"] = [str(operand)]
        elif kind is Kind.PRESENT:
            places.setdefault("contains", []).append("x")
        elif kind is Kind.ABSENT:
            texts.pop(node.field, None)
    else:
        assert isinstance(node, Not)


def _plain(pattern: object) -> str:
    """Return the expression with Perl's end of text as it was written."""
    return pattern.pattern.replace(r"(?:\n?\z)", "$")


def _example(pattern: object, rng: random.Random) -> str:
    """Return a text that the expression is found in, for the constructs that rules use."""
    return _text(re._parser.parse(_plain(pattern)), rng)  # noqa: SLF001 - the standard library's own parser


def _text(parsed: object, rng: random.Random) -> str:
    found = []
    for operation, value in parsed:
        name = str(operation)
        if name == "LITERAL":
            found.append(chr(value))
        elif name == "ANY" or name == "NOT_LITERAL":
            found.append("z")
        elif name == "IN":
            negated = str(value[0][0]) == "NEGATE"
            found.append("z" if negated else _of_class(rng.choice(value)))
        elif name == "BRANCH":
            found.append(_text(rng.choice(value[1]), rng))
        elif name == "SUBPATTERN":
            found.append(_text(value[3], rng))
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            found.extend(_text(value[2], rng) for _ in range(rng.randint(value[0], min(value[1], value[0] + 2))))
    return "".join(found)


def _of_class(part: tuple) -> str:
    name, value = str(part[0]), part[1]
    if name == "LITERAL":
        return chr(value)
    if name == "RANGE":
        return chr(value[0])
    return {"CATEGORY_SPACE": " ", "CATEGORY_DIGIT": "7", "CATEGORY_WORD": "w"}.get(str(value), "z")


def changed(record: Record, other: Record, rng: random.Random) -> Iterator[Record]:
    """Yield records like this one."""
    for field in record:
        yield {name: value for name, value in record.items() if name != field}
        value = record[field]
        if value:
            at = rng.randrange(len(value))
            yield {**record, field: value[:at] + rng.choice(string.ascii_lowercase + "/ -") + value[at + 1 :]}
            yield {**record, field: value[:at] + value[at + 1 :]}
            yield {**record, field: value.swapcase()}
    yield {**other, **record}
    yield {**record, **other}


class Oracle:
    """Rules of one product and category as SQL over one table."""

    def __init__(self, rules: list[tuple[str, Parsed]]) -> None:
        backend = sqliteBackend(collate_nocase=True, fulltext_field="everything")
        self.fields = sorted({field for _, rule in rules for field in backend.required_fields(rule)} | {"everything"})
        self.queries = {}
        self.refused: dict[str, str] = {}
        for path, rule in rules:
            try:
                self.queries[path] = [
                    query.replace("SELECT *", "SELECT number", 1) for query in backend.convert_rule(rule)
                ]
            except Exception as error:  # noqa: BLE001 - what the other side cannot do is told
                self.refused[path] = f"{type(error).__name__}: {error}"

    def answers(self, records: list[Record]) -> dict[str, set[int]]:
        """Return for each rule the numbers of the records that it is true of."""
        base = sqlite3.connect(":memory:")
        base.create_function("REGEXP", 2, lambda pattern, text: text is not None and bool(re.search(pattern, text)))
        columns = ", ".join(f'"{field}" TEXT COLLATE NOCASE' for field in self.fields)
        base.execute(f"CREATE TABLE logs (number INTEGER, {columns})")
        marks = ", ".join("?" for _ in range(len(self.fields) + 1))
        for number, record in enumerate(records):
            full = {**record, "everything": "\n".join(record.values())}
            base.execute(f"INSERT INTO logs VALUES ({marks})", [number, *(full.get(field) for field in self.fields)])
        return {
            path: {row[0] for query in queries for row in base.execute(query)} for path, queries in self.queries.items()
        }
