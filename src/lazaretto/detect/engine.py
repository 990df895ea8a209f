"""The engine: a file in, findings, signals and gaps out. Pure; processes and caching are `app`'s business."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from lazaretto.detect.layers.source import LayerSource
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Finding, Gap, Location, Signal, Stage
from lazaretto.model.text import N_, Message, Phrase
from lazaretto.parse.blob import Blob
from lazaretto.parse.layer import PIECE_BYTES, Layer, pieces
from lazaretto.parse.limits import DEFAULT, Limits
from lazaretto.parse.prefilter import FEWEST, Asked, Prefilter, Wish
from lazaretto.parse.views import ParseError, View

EXCERPT_CHARS = 200
MATCHES_PER_RULE_AND_FILE = 20
"""More sightings of one rule in one file say nothing new; the cut is reported as a partial gap."""

SIGNALS_PER_FILE = 2000
"""A file with more imports and variables than this is generated; the first ones tell enough."""

PIECES = 24
"""Parts of one long program that are read; a longer one is not examined, and the answer then is incomplete."""
LAYERS_PER_FILE = 32
"""Decoded layers of one file that are examined; each is examined once, however often it is found."""
LAYER_STEPS = 24
"""Decodings between the file and a layer."""
LAYER_TOTAL = 32 << 20
"""Bytes of all decoded layers of one file."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What the file rules saw in one file."""

    findings: tuple[Finding, ...] = ()
    signals: tuple[Signal, ...] = ()
    gaps: tuple[Gap, ...] = ()


class _Group:
    """One view with its rules and finders of layers, in the order in which they run."""

    def __init__(self, view: type[View], rules: tuple[Rule, ...], sources: tuple[LayerSource, ...]) -> None:
        self.view = view
        self.rules = rules
        self.sources = sources
        self.seekers: tuple[Rule | LayerSource, ...] = (*rules, *sources)
        self.always = tuple(one for one in self.seekers if not one.needles)
        self.needles = sum(len(one.needles) for one in self.seekers)
        self._numbered = tuple(enumerate(self.seekers))

    @property
    def wishes(self) -> list[Wish]:
        return [(one.needles, one.fold_case if isinstance(one, Rule) else False) for one in self.seekers]

    def chosen(self, held: set[int] | None, first: int) -> "Sequence[Rule | LayerSource]":
        """Return who is to run on a file that holds these needles; the first one of the group has number `first`."""
        if held is None:
            return self.always
        return [one for number, one in self._numbered if number + first in held]


class _Sieve:
    """One search for the needles of several groups, and for what their views and the matchers ask besides."""

    def __init__(self, groups: dict[int, _Group], asked: Asked) -> None:
        self.first: dict[int, int] = {}
        wishes: list[Wish] = []
        for place, group in groups.items():
            self.first[place] = len(wishes)
            wishes += group.wishes
        self.prefilter = Prefilter(
            wishes, lambda: (*asked(), *(one for g in groups.values() for one in g.view.asked()))
        )


class Engine:
    """A set of rules, views and finders of layers, grouped once."""

    def __init__(
        self,
        rules: Sequence[Rule],
        views: Sequence[type[View]],
        limits: Limits = DEFAULT,
        layers: Sequence[LayerSource] = (),
        matchers: Sequence[Callable[[Blob], Iterable[Finding]]] = (),
        asked: Asked = tuple,
    ) -> None:
        """`rules` over views that are not in `views` are left to the caller (project and story rules).

        `matchers` see every file and every decoded layer as bytes (threat intelligence); `asked` are the words that
        they look for.
        """
        groups = (
            _Group(view, tuple(r for r in rules if r.view is view), tuple(one for one in layers if one.view is view))
            for view in views
        )
        self._groups = [group for group in groups if group.rules or group.sources]
        self._many = frozenset(place for place, group in enumerate(self._groups) if group.needles >= FEWEST)
        self._asked = asked
        self._sieves: dict[frozenset[int], _Sieve] = {}
        self._limits = limits
        self._matchers = tuple(matchers)

    def examine(self, blob: Blob, into: "Collected | None" = None) -> FileResult:
        """Run every file rule on one file and on what is hidden in it. Never raises: that becomes a gap.

        Given `into`, a caller that breaks off keeps what was seen until then.
        """
        whole = into or Collected()
        # parts of the file itself first: decoys must not use up their room
        queue = deque(sorted(self._one(blob, whole), key=lambda layer: not layer.piece))
        if not queue:
            return whole.result()
        seen = {blob.data}
        room = LAYER_TOTAL
        while queue:
            layer = queue.popleft()
            if layer.data in seen:
                continue
            room -= len(layer.data)
            if len(seen) > LAYERS_PER_FILE or len(layer.steps) > LAYER_STEPS or room < 0:
                whole.gaps.append(
                    Gap(
                        Stage.LIMIT,
                        blob.path,
                        Message.of(N_("more encoded content than is decoded; the rest was not examined")),
                        partial=not any(left.piece for left in (layer, *queue)),
                    )
                )
                break
            seen.add(layer.data)
            inner = Collected()
            found = self._one(Blob(blob.path, layer.data, layer.kind), inner)
            queue.extend(_within(layer, deeper) for deeper in found)
            whole.add(inner, layer)
        return whole.result()

    def _one(self, blob: Blob, into: "Collected") -> list[Layer]:
        """Run everything on one file or layer; return the layers found in it."""
        layers: list[Layer] = []
        too_long = len(blob.data) > self._limits.code_bytes
        accepted: list[int] = []
        for place, group in enumerate(self._groups):
            view_class = group.view
            if not (blob.layer in view_class.layer_kinds if blob.layer else view_class.accepts(blob)):
                continue
            if not too_long or view_class.any_length:
                accepted.append(place)
                continue
            in_parts = view_class.in_pieces and len(blob.data) <= PIECES * PIECE_BYTES
            if in_parts:
                layers.extend(pieces(blob.data, next(iter(view_class.layer_kinds))))
            template = (
                N_("too long to parse at once as {what}: {size} bytes; read in parts")
                if in_parts
                else N_("too long to parse as {what}: {size} bytes")
            )
            gap = _gap(Stage.LIMIT, blob, template, what=view_class.title, size=len(blob.data))
            into.gaps.append(gap if in_parts or not view_class.in_pieces else replace(gap, partial=False))
        sieve = self._sieve(self._many.intersection(accepted))
        held: set[int] | None = None
        for place in accepted:
            group = self._groups[place]
            if group.needles and held is None:
                held, blob.held = sieve.prefilter.sift(blob.data)
            chosen = group.chosen(held, sieve.first[place])
            if not chosen:
                continue
            try:
                view = group.view.of(blob)
            except ParseError as error:
                into.gaps.append(
                    _gap(
                        Stage.PARSE,
                        blob,
                        N_("not readable as {what}: {reason}"),
                        what=group.view.title,
                        reason=error.reason,
                    )
                )
                continue
            for one in chosen:
                if isinstance(one, Rule):
                    _run(one, view, blob.path, into.findings, into.signals, into.gaps)
                else:
                    layers.extend(_found(one, view, blob.path, into.gaps))
        for matcher in self._matchers:
            into.findings.extend(matcher(blob))
        return layers

    def _sieve(self, many: frozenset[int]) -> "_Sieve":
        """Return the search for files that are seen by these views of many needles, whatever others see them, too."""
        sieve = self._sieves.get(many)
        if sieve is None:
            groups = {
                place: group for place, group in enumerate(self._groups) if place in many or place not in self._many
            }
            sieve = self._sieves[many] = _Sieve(groups, self._asked)
        return sieve


@dataclass(slots=True)
class Collected:
    """What was seen so far in one file."""

    findings: list[Finding] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def result(self) -> FileResult:
        """What was seen, as a value."""
        return FileResult(tuple(self.findings), tuple(self.signals), tuple(self.gaps))

    def add(self, inner: "Collected", layer: Layer) -> None:
        """Add what was seen in a layer, at the layer's place in the file. What was seen outside stays as it was."""
        told = {(finding.rule, finding.locations[0].line, finding.message) for finding in self.findings}
        for finding in inner.findings:
            if layer.piece:
                self.findings.append(
                    replace(finding, locations=tuple(_moved(p, layer.line - 1) for p in finding.locations))
                )
                continue
            first = Location(finding.locations[0].path, layer.line, layer.column)
            if (finding.rule, first.line, finding.message) not in told:
                steps = (*layer.steps, *finding.layers)
                self.findings.append(replace(finding, locations=(first,), layers=steps))
        if layer.piece:
            self.signals.extend(replace(signal, line=signal.line + layer.line - 1) for signal in inner.signals)
        else:
            self.signals.extend(replace(signal, line=layer.line) for signal in inner.signals)
        del self.signals[SIGNALS_PER_FILE:]
        self.gaps.extend(inner.gaps)


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
        layers=match.layers,
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
                    signals.append(item if item.value.isascii() else replace(item, value=encodable(item.value)))
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
    except Exception as error:  # noqa: BLE001 - a crashing rule must never hide what the others saw
        gaps.append(_trouble(rule.id, path, error))


def _trouble(name: str, path: str, error: Exception) -> Gap:
    """Say that a rule or a finder of layers broke off in a file."""
    if isinstance(error, ParseError):
        reason = Message.of(N_("{rule} could not read it: {reason}"), {"rule": name, "reason": error.reason})
        return Gap(Stage.PARSE, path, reason, partial=True)
    told = f"{type(error).__name__}: {error}"[:200]
    return Gap(Stage.RULE, path, Message.of(N_("{rule} failed: {error}"), {"rule": name, "error": told}), partial=True)


def _within(layer: Layer, deeper: Layer) -> Layer:
    """A layer found in a layer: its path of decodings begins outside, its place is the one in the file."""
    steps = (*layer.steps, *deeper.steps)
    if layer.piece:
        return replace(deeper, steps=steps, line=deeper.line + layer.line - 1)
    return replace(deeper, steps=steps, line=layer.line, column=layer.column)


def _moved(place: Location, lines: int) -> Location:
    return replace(place, line=place.line + lines, end_line=place.end_line and place.end_line + lines)


def _found(source: LayerSource, view: object, path: str, gaps: list[Gap]) -> Iterator[Layer]:
    try:
        yield from source.find(view)
    except Exception as error:  # noqa: BLE001 - a finder that fails must not hide what the rules saw
        gaps.append(_trouble(source.id, path, error))


def _gap(stage: Stage, blob: Blob, template: str, **params: object) -> Gap:
    return Gap(stage, blob.path, Message.of(template, params), partial=True)
