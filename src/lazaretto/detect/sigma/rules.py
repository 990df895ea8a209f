"""Sigma rules, loaded (`load.py`) and asked.

load(files) -> Loaded
|-- rules:    SigmaRule ...  what can be evaluated
|-- problems: Problem ...    what cannot, by name, and why
`-- elsewhere: Counter       rules of log sources that are not watched
Matcher(rules).match(log) -> the rules that are true of one record
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from lazaretto.detect.sigma.evaluate import Check, compiled
from lazaretto.detect.sigma.index import Index, needles
from lazaretto.detect.sigma.log import Log
from lazaretto.detect.sigma.tree import Node
from lazaretto.model.finding import Severity

PRODUCTS: Final = ("linux", "macos")
CATEGORIES: Final = (
    "process_creation", "file_event", "file_access", "file_delete",
    "network_connection", "dns_query", "dns",
)  # fmt: skip


class Trouble(StrEnum):
    """Why a rule does not run, or not as it is written."""

    BROKEN = "broken"
    """It is no Sigma rule."""
    UNSUPPORTED = "unsupported"
    """It is one, with a construct that is not evaluated here."""
    REMARK = "remark"
    """It runs; something about it is wrong that does not matter for that (a date, a tag)."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One rule or file that does not run as it is written."""

    path: str
    title: str
    """The rule's, or empty. Untrusted text."""
    trouble: Trouble
    reason: str
    """English. Untrusted text may be quoted in it."""


@dataclass(frozen=True, slots=True)
class SigmaRule:
    """A rule that can be evaluated. All texts are the rule's own and untrusted."""

    path: str
    title: str
    id: str
    """UUID, or empty."""
    product: str
    """`linux`, `macos`, or empty for both."""
    category: str
    severity: Severity
    level: str
    status: str
    author: str
    description: str
    techniques: tuple[str, ...]
    """ATT&CK technique ids, upper case."""
    falsepositives: tuple[str, ...]
    references: tuple[str, ...]
    tree: Node = field(repr=False)
    tests: int = 0


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a set of rule files."""

    rules: tuple[SigmaRule, ...] = ()
    problems: tuple[Problem, ...] = ()
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """Log source (`product/category/service`) -> number of rules for it that are not watched."""
    files: int = 0


class Matcher:
    """Rules, ready to be asked about records."""

    def __init__(self, rules: Iterable[SigmaRule]) -> None:
        self.rules = tuple(rules)
        self._tables: dict[tuple[str, str], tuple[Index, tuple[tuple[SigmaRule, Check], ...]]] = {}
        for product in PRODUCTS:
            for category in CATEGORIES:
                own = [rule for rule in self.rules if rule.category == category and rule.product in ("", product)]
                if own:
                    index = Index([needles(rule.tree) for rule in own])
                    self._tables[product, category] = index, tuple((rule, compiled(rule.tree)) for rule in own)

    def has(self, product: str, category: str) -> bool:
        """Tell whether any rule looks at such records."""
        return (product, category) in self._tables

    def match(self, log: Log) -> tuple[SigmaRule, ...]:
        """Return the rules that are true of the record, in the order in which they were loaded."""
        table = self._tables.get((log.product, log.category))
        if table is None:
            return ()
        index, rules = table
        found: list[SigmaRule] = []
        for number in sorted(index.candidates(log)):
            rule, check = rules[number]
            if check(log):
                found.append(rule)
        return tuple(found)
