"""The report for terminals, in the manner of compilers: verdict and advice first, then each reason with its place.

    lazaretto 0.1.0 · check ./take-home · offline · intelligence 2026-11-20 · nothing was executed

    ✗ MALICIOUS  CRITICAL (9.6/10)  do not open this folder in an editor

    error[family/rule]: what was seen
      --> path:line:column
       |
     7 | the code, cleaned
       |
       = then: path:line  rule

Every text that comes from the target passes `safe` (control characters, bidi, live addresses, length).
"""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence

from lazaretto.model.finding import Finding, Location, Stage
from lazaretto.model.report import Checked
from lazaretto.model.text import N_
from lazaretto.model.verdict import Grade
from lazaretto.reports.context import Context
from lazaretto.reports.exits import combine
from lazaretto.reports.groups import GapGroup, change_findings, gap_groups, select, size
from lazaretto.reports.i18n import Translator
from lazaretto.reports.lines import BLUE, BOLD, DIM, GREEN, RED, YELLOW, pad, paint, table, wrap
from lazaretto.reports.safe import cells, clean, defang, safe, shorten, shorten_path
from lazaretto.reports.words import (
    CONFIDENCES,
    DECODED,
    GRADES,
    HEADLINES,
    LEVELS,
    PHASES,
    SEVERITIES,
    advice,
    decodings,
    headline,
    level,
)

GAP_GROUPS = 8
"""Reasons of gaps shown unless everything is asked for."""
CHANGES = 20
"""Changes since an older version that are listed unless everything is asked for."""
CHAIN = 8
"""Further places shown of one finding."""

ALREADY_RAN = N_(
    "Already opened or ran it? Take that computer off the network, and change its passwords, tokens and wallet keys "
    "from another one."
)

_MARKS = {Grade.MALICIOUS: ("✗", RED), Grade.SUSPICIOUS: ("!", YELLOW), Grade.NOTHING_FOUND: ("✓", GREEN)}
_LEVEL_COLOUR = {"error": RED, "warning": YELLOW, "note": BLUE}


def gap_names(group: GapGroup, say: Translator) -> str:
    """Return the names of what was not examined; of many, a few and the number of the others."""
    names = ", ".join(shorten_path(safe(name, 400), 48) for name in group.examples)
    left = group.count - len(group.examples)
    return say(N_("{names} and {n} more"), {"names": names, "n": f"{left:,}"}) if left else names


def each(checked: Checked, context: Context) -> str:
    """Render one answer."""
    text = _Text(checked, context)
    return "".join(f"{line}\n" for line in (text.brief() if context.quiet else text.lines()))


def tail(results: Sequence[Checked], context: Context) -> str:
    """Render the summary after several answers; nothing after one."""
    if len(results) < 2:
        return ""
    translate = context.translate
    grades = Counter(headline(checked) for checked in results)
    parts = [f"{translate(grade)} {grades[grade]:,}" for grade in HEADLINES if grade in grades]
    code = combine(map(context.exit_code, results))
    parts.append(translate(N_("exit code {code}"), {"code": code}))
    return translate.count(N_("{n} target"), N_("{n} targets"), len(results)) + ": " + " · ".join(parts) + "\n"


class _Text:
    """One report being written."""

    def __init__(self, checked: Checked, context: Context) -> None:
        self.checked = checked
        self.context = context
        self.say = context.translate
        self.selection = select(checked, everything=context.show_all)
        added = checked.comparison.added if checked.comparison is not None else ()
        self.added = frozenset((finding.rule, finding.locations[0]) for finding in added)

    def brief(self) -> Iterator[str]:
        score = "" if self._mark() == "?" else f"  {self._score()}"
        yield f"{self._sign()} {self._grade()}{score}  {self._target(60)}"

    def lines(self) -> Iterator[str]:
        yield self._first()
        yield ""
        yield from self._verdict()
        yield ""
        for finding in self.selection.shown:
            yield from self._finding(finding)
            yield ""
        changed = list(self._changes())
        yield from changed
        if changed:
            yield ""
        counted = [*self._counts(), *self._hypotheses(), *self._ignored()]
        yield from counted
        if counted:
            yield ""
        if self.checked.error is None:
            yield from self._coverage()
            yield ""
        steps = list(self._steps())
        if steps:
            yield from steps
            yield ""
        if self.context.statistics:
            yield from self._statistics()
        yield self._last()

    @property
    def _ran(self) -> bool:
        return self.checked.kind == "run"

    def _first(self) -> str:
        parts = [
            f"lazaretto {self.checked.version or self.context.version}",
            f"{'run' if self._ran else 'check'} {self._target(48)}",
            self.say(N_("online")) if self.checked.online else self.say(N_("offline")),
        ]
        if self.checked.intel_date:
            parts.append(self.say(N_("intelligence {date}"), {"date": self.checked.intel_date}))
        parts.append(self.say(N_("executed in the sandbox only") if self._ran else N_("nothing was executed")))
        return self._paint(" · ".join(parts), DIM)

    def _verdict(self) -> Iterator[str]:
        words = [f"{self._mark()} {self.say(headline(self.checked))}"]
        if self._mark() != "?":
            words.append(self._score())
        width = cells("  ".join(words)) + 2
        words[0] = f"{self._sign()} {self._grade()}"  # the same, coloured
        sentences = "; ".join(self.say(sentence) for sentence in advice(self.checked))
        first, *rest = wrap(sentences, self.context.width, "    ", " " * width)
        yield "  ".join(words) + "  " + first[width:]
        yield from rest
        if self.checked.error is not None:
            yield from wrap(self.say.message(self.checked.error, safe), self.context.width, "    ", "  ")
        if self.checked.hint is not None:
            yield from wrap(self.say.message(self.checked.hint, safe), self.context.width, "    ", "  ")

    def _finding(self, finding: Finding) -> Iterator[str]:
        kind = level(finding.severity)
        colour = _LEVEL_COLOUR[kind]
        title = self._paint(f"{self.say(LEVELS[kind])}[{finding.rule}]", colour)
        yield f"{title}: {self._paint(self.say.message(finding.message, safe), BOLD)}"
        first = finding.locations[0]
        number = str(first.line)
        gutter = " " * len(number)
        yield f"{gutter}{self._paint('-->', BLUE)} {self._place(first)}"
        bar = self._paint("|", BLUE)
        if finding.excerpt:
            quoted = shorten(defang(clean(finding.excerpt)), max(20, self.context.width - len(number) - 3))
            yield f"{gutter} {bar}"
            yield f"{self._paint(number, BLUE)} {bar} {quoted}"
            yield f"{gutter} {bar}"
        for label, text in self._notes(finding):
            yield f"{gutter} = {label}: {text}"

    def _notes(self, finding: Finding) -> Iterator[tuple[str, str]]:
        if finding.layers:
            yield self.say(DECODED), decodings(finding)
        rest = finding.locations[1:]
        shown = rest if self.context.show_all else rest[:CHAIN]
        then = self.say(N_("then")) if finding.related else self.say(N_("also"))
        named = finding.related if len(finding.related) == len(finding.locations) else ()
        for number, location in enumerate(shown, 1):
            yield then, self._place(location, column=False) + (f"  ({named[number]})" if named else "")
        if len(rest) > len(shown):
            yield then, self.say(N_("{n} more places"), {"n": len(rest) - len(shown)})
        if finding.related and not named:
            yield self.say(N_("chain")), " -> ".join(dict.fromkeys(finding.related))
        strength = self.say(
            N_("{severity}, confidence {confidence}"),
            {
                "severity": self.say(SEVERITIES[finding.severity]),
                "confidence": self.say(CONFIDENCES[finding.confidence]),
            },
        )
        happens = [self.say(PHASES[finding.phase]), strength, *finding.techniques[:3]]
        yield self.say(N_("acts")), " · ".join(happens)
        if self.checked.comparison is not None and not finding.rule.startswith(("change/", "meta/")):
            added = (finding.rule, finding.locations[0]) in self.added
            yield (
                self.say(N_("since")),
                self.say(N_("new in this version") if added else N_("in the older version, too")),
            )
        yield self.say(N_("help")), f"lazaretto explain {finding.rule}"

    def _changes(self) -> Iterator[str]:
        """What the new version brings, whatever its weight: that is what was asked."""
        comparison = self.checked.comparison
        if comparison is None:
            return
        old = shorten_path(safe(comparison.old, 400), 60)
        yield self.say(N_("What changed since {old}"), {"old": old})
        changes = change_findings(self.checked)
        for finding in changes if self.context.show_all else changes[:CHANGES]:
            text = f"{self.say.message(finding.message, safe)} ({self._place(finding.locations[0], column=False)})"
            yield from wrap(text, self.context.width, "    ", "  + ")
        if len(changes) > CHANGES and not self.context.show_all:
            yield "    " + self.say(N_("{n} more changes (--all shows them)"), {"n": len(changes) - CHANGES})
        if not changes:
            yield "  " + self.say(N_("no new trigger, ability, dependency or hidden code was seen"))
        others = sum(not finding.rule.startswith("change/") for finding in comparison.added)
        numbers = {"n": others, "gone": comparison.gone, "grade": self.say(GRADES[comparison.grade])}
        sentence = N_("other findings that the older version had not: {n}; gone: {gone}; the older version: {grade}")
        yield from wrap(self.say(sentence, numbers), self.context.width, "  ", "  ")

    def _hypotheses(self) -> Iterator[str]:
        for one in self.checked.hypotheses[:1]:
            traits = ", ".join(one.traits)
            values = {"n": len(one.traits), "all": one.total, "campaign": one.campaign, "traits": traits}
            yield self.say(
                N_("resembles campaign {campaign}: {n} of {all} traits ({traits}); a hint, not a verdict"), values
            )

    def _counts(self) -> Iterator[str]:
        chosen = self.selection
        if chosen.total == 0:
            return
        line = self.say.count(N_("{n} finding"), N_("{n} findings"), chosen.total)
        line += ": " + self.say(N_("{n} shown"), {"n": f"{chosen.told:,}"})
        parts = []
        if chosen.more:
            parts.append(self.say(N_("further reasons: {n}"), {"n": f"{chosen.more:,}"}))
        if chosen.quiet:
            parts.append(self.say(N_("too weak to raise a grade: {n}"), {"n": f"{chosen.quiet:,}"}))
        if parts:
            line += "; " + self.say(N_("shown by --all: {what}"), {"what": ", ".join(parts)})
        yield from wrap(line, self.context.width, "  ")

    def _ignored(self) -> Iterator[str]:
        ignored = self.checked.ignored
        if not ignored:
            return
        yield self.say.count(
            N_("{n} finding ignored by your ignore file"), N_("{n} findings ignored by your ignore file"), len(ignored)
        )
        for entry in ignored if self.context.show_all else ignored[:5]:
            until = self.say(N_("until {date}: {reason}"), {"date": entry.expires, "reason": entry.reason}, safe)
            yield f"  {entry.finding.rule}  {self._place(entry.finding.locations[0], column=False)}  {until}"

    def _coverage(self) -> Iterator[str]:
        coverage = self.checked.examination.coverage
        checked, unchecked = self.say(N_("Checked")), self.say(N_("Not checked"))
        width = max(cells(checked), cells(unchecked)) + 2
        parts = [self.say.count(N_("{n} file"), N_("{n} files"), coverage.examined)]
        if coverage.files > coverage.examined:
            numbers = {"n": f"{coverage.examined:,}", "files": f"{coverage.files:,}"}
            parts = [self.say(N_("{n} of {files} files"), numbers)]
        parts.append(size(coverage.bytes))
        parts.append(self.say.count(N_("{n} package named"), N_("{n} packages named"), coverage.packages))
        if self.context.verbose:
            parts.append(self.say(N_("{n} from the cache"), {"n": f"{coverage.cached:,}"}))
        yield from self._row(checked, width, " · ".join(parts))
        for number, text in enumerate((*self._gaps(), *self._never())):
            yield from self._row("" if number else unchecked, width, text)

    def _gaps(self) -> Iterator[str]:
        everything = self.context.show_all or self.context.verbose
        groups = gap_groups(self.checked.examination.gaps, examples=20 if everything else 3)
        shown = groups if everything else groups[:GAP_GROUPS]
        for group in shown:
            reason = self.say.message(group.reason, safe)
            if group.similar:
                reason = self.say(N_("{reason} (and the like)"), {"reason": reason})
            if group.partial:
                reason = self.say(N_("{reason} (the rest was read)"), {"reason": reason})
            yield f"{gap_names(group, self.say)}: {reason}"
        if len(groups) > len(shown):
            yield self.say(N_("{n} more reasons (-v shows them)"), {"n": len(groups) - len(shown)})

    def _never(self) -> Iterator[str]:
        for message in self.checked.examination.coverage.not_checked:
            yield self.say.message(message, safe)

    def _steps(self) -> Iterator[str]:
        checked = self.checked
        if checked.error is not None:
            return
        target = alone = self._argument(checked.target, "TARGET")
        if checked.comparison is not None:
            target += f" --against {self._argument(checked.comparison.old, 'OLD')}"
        steps: list[tuple[str, str]] = []
        if checked.verdict.grade > Grade.NOTHING_FOUND:
            steps.append((N_("Understand the first reason"), f"lazaretto explain {self.selection.shown[0].rule}"))
            steps.append((N_("Show it to someone"), f"lazaretto check {target} --format html -o report.html"))
            if checked.examination.coverage.packages:
                steps.append((N_("See what it depends on"), f"lazaretto inventory {alone}"))
        elif checked.verdict.complete:
            sentence = N_("This is not a proof of safety: only what is listed above was checked.")
            yield from wrap(self.say(sentence), self.context.width)
        elif checked.examination.coverage.examined:
            steps.append((N_("See all that could not be examined"), f"lazaretto check {target} -v"))
        if any(gap.stage is Stage.LIMIT and not gap.partial for gap in checked.examination.gaps):
            steps.append((N_("Raise a limit"), "lazaretto check --help"))
        if not steps:
            return
        yield self.say(N_("What now"))
        width = max(cells(self.say(text)) for text, _ in steps) + 3
        for number, (text, command) in enumerate(steps, 1):
            yield f"  {number}  {pad(self.say(text), width)}{self._paint(command, BOLD)}"
        if checked.verdict.grade is Grade.MALICIOUS:
            yield from wrap(self.say(ALREADY_RAN), self.context.width, "     ", f"  {len(steps) + 1}  ")

    def _statistics(self) -> Iterator[str]:
        findings = self.checked.examination.findings
        for title, names in (
            (N_("Findings by rule"), [finding.rule for finding in findings]),
            (N_("Findings by file"), [finding.locations[0].path for finding in findings]),
        ):
            yield self.say(title)
            yield from table(Counter(names), self.context.width)
            yield ""

    def _last(self) -> str:
        code = self.say(N_("exit code {code}"), {"code": self.context.exit_code(self.checked)})
        parts = [self.say(headline(self.checked)).lower(), code]
        if self.checked.seconds:
            parts.append(self.say(N_("{seconds} s"), {"seconds": f"{self.checked.seconds:.1f}"}))
        return self._paint(" · ".join(parts), DIM)

    def _mark(self) -> str:
        if headline(self.checked) not in GRADES.values():
            return "?"
        return _MARKS[self.checked.verdict.grade][0]

    def _sign(self) -> str:
        mark = self._mark()
        return self._paint(mark, YELLOW if mark == "?" else _MARKS[self.checked.verdict.grade][1])

    def _grade(self) -> str:
        return self._paint(self.say(headline(self.checked)), BOLD)

    def _score(self) -> str:
        verdict = self.checked.verdict
        return f"{self.say(SEVERITIES[verdict.band])} ({verdict.score:.1f}/10)"

    def _target(self, width: int) -> str:
        return shorten_path(safe(self.checked.target, 400), width)

    def _argument(self, target: str, word: str) -> str:
        """Give a target as a shell would take it; a word in its place when it is not a plain name."""
        if safe(target) != target or target.startswith("-"):
            return word
        return shlex.quote(target)

    def _place(self, location: Location, *, column: bool = True) -> str:
        path = shorten_path(safe(location.path, 400), self.context.width - 12)
        return f"{path}:{location.line}" + (f":{location.column}" if column else "")

    def _row(self, label: str, width: int, text: str) -> Iterator[str]:
        return wrap(text, self.context.width, " " * (width + 2), pad(label, width))

    def _paint(self, text: str, code: str) -> str:
        return paint(text, code, on=self.context.colour)
