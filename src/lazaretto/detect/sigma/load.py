"""Rule files become rules: read by pySigma, translated, or named with the reason why not.

A broken file costs itself alone. Nothing here reads a file or imports more of pySigma than its parser.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Final

from lazaretto.detect.sigma.document import documents
from lazaretto.detect.sigma.rules import CATEGORIES, PRODUCTS, Loaded, Problem, SigmaRule, Trouble
from lazaretto.detect.sigma.tree import Node, Some, simplify
from lazaretto.model.finding import Severity
from lazaretto.parse.views import ParseError

if TYPE_CHECKING:
    from sigma.filters import SigmaFilter
    from sigma.rule import SigmaRule as Parsed

MOST_TESTS: Final = 300_000
"""Comparisons of all rules together: about 150 MB."""
NO_RULE: Final = "no Sigma rule"
"""Stands in `Loaded.elsewhere` for YAML documents that do not look like a rule at all."""
_SERVICES: Final = frozenset({"", "sysmon"})
_MARKS: Final = frozenset({"detection", "logsource", "correlation", "filter", "action"})
_LONGEST: Final = 300


def load(files: Iterable[tuple[str, bytes]]) -> Loaded:
    """Load rule files, given as name and content.

    Raises:
        ImportError: pySigma is not installed (extra `sigma`).
    """
    loader = _Loader()
    for path, data in files:
        loader.file(path, data)
    return loader.finish()


class _Loader:
    def __init__(self) -> None:
        import sigma.rule  # noqa: F401 - said once and at the start, not for each file

        self._parsed: list[tuple[str, Parsed]] = []
        self._filters: list[tuple[str, SigmaFilter]] = []
        self._problems: list[Problem] = []
        self._elsewhere: Counter[str] = Counter()
        self._files = 0

    def file(self, path: str, data: bytes) -> None:
        from sigma.collection import SigmaCollection
        from sigma.correlations import SigmaCorrelationRule

        from lazaretto.detect.sigma.translate import POLICY

        self._files += 1
        try:
            found = [one for one in documents(data) if self._is_ours(path, one)]
            rules = SigmaCollection.from_dicts(
                found,  # type: ignore[arg-type] # pySigma checks the values itself
                collect_errors=True,
                collect_filters=True,
                resolve_references=False,
                policy=POLICY,
            )
        except ParseError as error:
            self._add(path, "", Trouble.BROKEN, f"line {error.line}: {error.reason}")
            return
        except Exception as error:  # noqa: BLE001 - pySigma trusts the shape of what it reads; one file must not end all
            self._add(path, "", Trouble.BROKEN, f"{type(error).__name__}: {error}")
            return
        owned = {id(own) for rule in (*rules.rules, *rules.filters) for own in rule.errors}
        for other in rules.errors:
            if id(other) not in owned:
                self._add(path, "", Trouble.BROKEN, str(other))
        for rule in rules.rules:
            if isinstance(rule, SigmaCorrelationRule):
                self._add(path, str(rule.title or ""), Trouble.UNSUPPORTED, "correlation rule")
            elif self._is_watched(rule):
                self._parsed.append((path, rule))
        for narrowing in rules.filters:
            if narrowing.errors:
                self._add(path, str(narrowing.title or ""), Trouble.BROKEN, "; ".join(map(str, narrowing.errors)))
            else:
                self._filters.append((path, narrowing))

    def finish(self) -> Loaded:
        rules = tuple(self._rules())
        return Loaded(rules, tuple(sorted(self._problems)), dict(sorted(self._elsewhere.items())), self._files)

    def _rules(self) -> Iterator[SigmaRule]:
        total = 0
        for path, parsed in self._parsed:
            if (rule := self._rule(path, parsed)) is None:
                continue
            total += rule.tests
            if total > MOST_TESTS:
                self._add(path, rule.title, Trouble.UNSUPPORTED, "too many rules: the bound of all together is reached")
                total -= rule.tests
                continue
            yield rule

    def _rule(self, path: str, parsed: "Parsed") -> SigmaRule | None:
        from sigma.rule.detection import EmptySigmaDetections
        from sigma.rule.logsource import EmptyLogSource

        from lazaretto.detect.sigma.translate import Unsupported, translated

        title = str(parsed.title or "")
        source = parsed.logsource
        hindering = isinstance(source, EmptyLogSource) or isinstance(parsed.detection, EmptySigmaDetections)
        if hindering:
            trouble = Trouble.UNSUPPORTED if any(map(_is_beyond, parsed.errors)) else Trouble.BROKEN
            self._add(path, title, trouble, "; ".join(map(str, parsed.errors)) or "no log source or detection")
            return None
        try:
            nodes = tuple(translated(condition.parsed) for condition in parsed.detection.parsed_condition)
            if (narrowed := self._filtered(parsed)) is not parsed:
                nodes = tuple(translated(condition.parsed) for condition in narrowed.detection.parsed_condition)
            names = source.product or "", source.category or ""
            rule = _described(path, parsed, names, simplify(Some(nodes)))
        except Unsupported as unsupported:
            self._add(path, title, Trouble.UNSUPPORTED, str(unsupported))
            return None
        except Exception as error:  # noqa: BLE001 - as above, for one rule
            trouble = Trouble.UNSUPPORTED if _is_beyond(error) else Trouble.BROKEN
            self._add(path, title, trouble, f"{type(error).__name__}: {error}")
            return None
        if parsed.errors:
            self._add(path, title, Trouble.REMARK, "; ".join(map(str, parsed.errors)))
        return rule

    def _is_ours(self, path: str, one: Mapping[str, object]) -> bool:
        """Leave out other documents, and what pySigma would misread: it takes `timeframe` for a selection's name."""
        if not _MARKS & one.keys():
            self._elsewhere[NO_RULE] += 1
            return False
        detection, source = one.get("detection"), one.get("logsource")
        if isinstance(detection, dict) and "timeframe" in detection:
            names = [source.get(key) for key in ("product", "category", "service")] if isinstance(source, dict) else []
            label = [str(name or "") for name in names]
            if names and not _watched(*label):
                self._elsewhere[_label(*label)] += 1
            else:
                title = str(one.get("title") or "")
                self._add(path, title, Trouble.UNSUPPORTED, "timeframe (aggregation in the old form)")
            return False
        return True

    def _is_watched(self, rule: "Parsed") -> bool:
        """Count a rule of a log source that is not watched; a rule without one is reported later."""
        from sigma.rule.logsource import EmptyLogSource

        source = rule.logsource
        names = source.product or "", source.category or "", source.service or ""
        if isinstance(source, EmptyLogSource) or _watched(*names):
            return True
        self._elsewhere[_label(*names)] += 1
        return False

    def _filtered(self, parsed: "Parsed") -> "Parsed":
        from lazaretto.detect.sigma.translate import translated

        for entry in self._filters[:]:
            named = entry[1].filter.rules
            if not isinstance(named, str) and not {parsed.name, str(parsed.id)} & {one.reference for one in named}:
                continue
            try:
                narrowed = deepcopy(parsed)
                entry[1].apply_on_rule(narrowed)  # in place
                if narrowed.detection.condition == parsed.detection.condition:
                    continue
                for condition in narrowed.detection.parsed_condition:
                    translated(condition.parsed)
            except Exception as error:  # noqa: BLE001 - a filter that cannot be applied must not take rules with it
                self._filters.remove(entry)
                self._add(entry[0], str(entry[1].title or ""), Trouble.BROKEN, f"{type(error).__name__}: {error}")
            else:
                parsed = narrowed
        return parsed

    def _add(self, path: str, title: str, trouble: Trouble, reason: str) -> None:
        self._problems.append(Problem(path, title[:_LONGEST], trouble, reason[:_LONGEST]))


def _watched(product: str, category: str, service: str) -> bool:
    return category in CATEGORIES and product in ("", *PRODUCTS) and service in _SERVICES


def _label(product: str, category: str, service: str) -> str:
    return "/".join(part[:60] or "*" for part in (product, category, service))


def _is_beyond(error: Exception) -> bool:
    """Tell whether an error of pySigma means a construct that is Sigma, or was, and is not evaluated here."""
    text = str(error)
    return "RE2" in text or "pipe syntax" in text


_SEVERITIES: Final = {
    "informational": Severity.LOW,
    "low": Severity.LOW,
    "medium": Severity.MEDIUM,
    "high": Severity.HIGH,
    "critical": Severity.CRITICAL,
}


def _described(path: str, parsed: "Parsed", source: tuple[str, str], tree: Node) -> SigmaRule:
    level = parsed.level.name.lower() if parsed.level else ""
    techniques = tuple(
        str(tag.name).upper() for tag in parsed.tags if tag.namespace == "attack" and _is_technique(str(tag.name))
    )
    return SigmaRule(
        path=path,
        title=str(parsed.title or "")[:_LONGEST],
        id=str(parsed.id or "")[:64],
        product=source[0],
        category=source[1],
        severity=_SEVERITIES.get(level, Severity.LOW),
        level=level,
        status=parsed.status.name.lower() if parsed.status else "",
        author=str(parsed.author or "")[:_LONGEST],
        description=str(parsed.description or "")[:2_000],
        techniques=techniques[:20],
        falsepositives=tuple(str(one)[:_LONGEST] for one in (parsed.falsepositives or ())[:20]),
        references=tuple(str(one)[:_LONGEST] for one in (parsed.references or ())[:20]),
        tree=tree,
        tests=_size(tree),
    )


def _is_technique(name: str) -> bool:
    return name[:1] in "tT" and name[1:5].isdigit() and len(name) <= 10


def _size(tree: Node) -> int:
    count, stack = 0, [tree]
    while stack:
        node = stack.pop()
        parts = getattr(node, "parts", None)
        if parts is not None:
            stack.extend(parts)
        elif (inner := getattr(node, "part", None)) is not None:
            stack.append(inner)
        else:
            count += 1
    return count
