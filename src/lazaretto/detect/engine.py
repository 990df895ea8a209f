"""The engine: a file in, findings, signals and gaps out. Pure; processes and caching are `app`'s business."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Finding, Gap, Location, Signal, Stage
from lazaretto.model.text import N_, Message, Phrase
from lazaretto.parse.blob import Blob
from lazaretto.parse.limits import DEFAULT, Limits
from lazaretto.parse.views import ParseError, View

EXCERPT_CHARS = 200
MATCHES_PER_RULE_AND_FILE = 20
"""More sightings of one rule in one file say nothing new; the cut is reported as a partial gap."""

SIGNALS_PER_FILE = 2000
"""A file with more imports and variables than this is generated; the first ones tell enough."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What the file rules saw in one file."""

    findings: tuple[Finding, ...] = ()
    signals: tuple[Signal, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Engine:
    """A set of rules and views, grouped once."""

    def __init__(self, rules: Sequence[Rule], views: Sequence[type[View]], limits: Limits = DEFAULT) -> None:
        """`rules` over views that are not in `views` are left to the caller (project and story rules)."""
        self._by_view = [(view, tuple(rule for rule in rules if rule.view is view)) for view in views]
        self._by_view = [(view, group) for view, group in self._by_view if group]
        self._beyond_ascii = {rule.id for rule in rules if rule.needles and not any(n.isascii() for n in rule.needles)}
        self._limits = limits

    def examine(self, blob: Blob) -> FileResult:
        """Run every file rule on one file. Never raises for what the file holds: that becomes a gap."""
        findings: list[Finding] = []
        signals: list[Signal] = []
        gaps: list[Gap] = []
        folded: bytes | None = None
        known: dict[tuple[bool, bytes], bool] = {}
        too_long = len(blob.data) > self._limits.code_bytes
        for view_class, rules in self._by_view:
            if not view_class.accepts(blob):
                continue
            if too_long and not view_class.any_length:
                gaps.append(
                    _gap(
                        Stage.LIMIT,
                        blob,
                        N_("too long to parse as {what}: {size} bytes"),
                        what=view_class.title,
                        size=len(blob.data),
                    )
                )
                continue
            wanted = []
            for rule in rules:
                if rule.fold_case and folded is None:
                    folded = blob.data.lower()
                data = folded if rule.fold_case and folded is not None else blob.data
                if rule.needles and rule.id in self._beyond_ascii and blob.is_ascii:
                    continue
                if not rule.needles or _holds(data, rule.needles, known, folded=rule.fold_case):
                    wanted.append(rule)
            if not wanted:
                continue
            try:
                view = view_class.of(blob)
            except ParseError as error:
                gaps.append(
                    _gap(
                        Stage.PARSE,
                        blob,
                        N_("not readable as {what}: {reason}"),
                        what=view_class.title,
                        reason=error.reason,
                    )
                )
                continue
            for rule in wanted:
                _run(rule, view, blob.path, findings, signals, gaps)
        return FileResult(tuple(findings), tuple(signals), tuple(gaps))


def run_rule(rule: Rule, view: object, subject: str) -> FileResult:
    """Run one rule over one view; used for project and story rules, and by tests of single rules."""
    findings: list[Finding] = []
    signals: list[Signal] = []
    gaps: list[Gap] = []
    _run(rule, view, subject, findings, signals, gaps)
    return FileResult(tuple(findings), tuple(signals), tuple(gaps))


def finding_of(rule: Rule, match: Match, path: str) -> Finding:
    """Make the finding of one match."""
    first = Location(match.path or path, match.line, match.column, match.end_line)
    params = {
        name: value if isinstance(value, Phrase) else encodable(str(value))
        for name, value in (match.params or {}).items()
    }
    return Finding(
        rule=rule.id,
        subject=match.path or path,
        severity=match.severity or rule.severity,
        confidence=match.confidence or rule.confidence,
        locations=(first, *match.more),
        message=Message.of(match.message, params),
        techniques=rule.techniques,
        excerpt=encodable(match.excerpt.strip()[:EXCERPT_CHARS]),
        phase=match.phase or rule.phase,
        role=rule.role,
        related=match.related,
    )


def encodable(text: str) -> str:
    """Replace lone surrogates (a document may spell them as escapes): results must fit into UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _run(rule: Rule, view: object, path: str, findings: list[Finding], signals: list[Signal], gaps: list[Gap]) -> None:
    count = 0
    try:
        for item in rule.check(view):
            if isinstance(item, Signal):
                if len(signals) < SIGNALS_PER_FILE:
                    signals.append(replace(item, value=encodable(item.value)))
                continue
            count += 1
            if count > MATCHES_PER_RULE_AND_FILE:
                gaps.append(
                    Gap(
                        Stage.LIMIT,
                        path,
                        Message.of(
                            N_("{rule} matched more than {count} times; the rest is not listed"),
                            {"rule": rule.id, "count": MATCHES_PER_RULE_AND_FILE},
                        ),
                        partial=True,
                    )
                )
                break
            findings.append(finding_of(rule, item, path))
    except ParseError as error:
        gaps.append(
            Gap(
                Stage.PARSE,
                path,
                Message.of(N_("{rule} could not read it: {reason}"), {"rule": rule.id, "reason": error.reason}),
                partial=True,
            )
        )
    except Exception as error:  # noqa: BLE001 - a crashing rule must never hide what the others saw
        gaps.append(
            Gap(
                Stage.RULE,
                path,
                Message.of(
                    N_("{rule} failed: {error}"), {"rule": rule.id, "error": f"{type(error).__name__}: {error}"[:200]}
                ),
                partial=True,
            )
        )


def _holds(data: bytes, needles: tuple[bytes, ...], known: dict[tuple[bool, bytes], bool], *, folded: bool) -> bool:
    """Tell whether one of the needles is in `data`; rules share needles, so each is searched once per file."""
    for needle in needles:
        key = (folded, needle)
        if key not in known:
            known[key] = needle in data
        if known[key]:
            return True
    return False


def _gap(stage: Stage, blob: Blob, template: str, **params: object) -> Gap:
    return Gap(stage, blob.path, Message.of(template, params), partial=True)
