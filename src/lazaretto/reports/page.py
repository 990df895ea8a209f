"""One HTML file without script, to show to somebody: the answer in one language, folded below it in a second one.

Nothing in the file is live: the content security policy allows only the one style sheet (by its digest), and
texts of the target are cleaned, defanged, escaped, marked as not translatable and isolated for direction (`bdi`).
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path

from lazaretto.model.finding import Finding, Location
from lazaretto.model.report import Checked
from lazaretto.model.text import N_
from lazaretto.model.verdict import Grade
from lazaretto.reports.context import Context
from lazaretto.reports.groups import change_findings, gap_groups, select, size
from lazaretto.reports.i18n import Translator
from lazaretto.reports.safe import clean, defang, safe, shorten
from lazaretto.reports.text import ALREADY_RAN
from lazaretto.reports.words import (
    CONFIDENCES,
    DECODED,
    GRADES,
    LEVELS,
    PHASES,
    SEVERITIES,
    advice,
    decodings,
    headline,
    level,
)

FINDINGS = 500
"""Findings of one target in the page; what is left out is counted."""

_BLANK = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a sentence for a text that is put in already marked up."""

_NAMES = {"en": "In English", "ko": "한국어로 보기"}


@lru_cache(maxsize=1)
def style() -> tuple[str, str]:
    """Return the style sheet and its CSP source expression."""
    sheet = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode("ascii")
    return sheet, f"'sha256-{digest}'"


def render(results: Sequence[Checked], context: Context) -> str:
    """Render all answers as one page."""
    say = context.translate
    title = f"Lazaretto: {say(headline(results[0])) if len(results) == 1 else say(N_('report'))}"

    def articles(say: Translator) -> Iterator[str]:
        for checked in results:
            yield from article(checked, context, say)

    return shell(title, context, articles)


def shell(title: str, context: Context, body: Callable[[Translator], Iterator[str]]) -> str:
    """Render a page with this title: its body in one language, folded below it in the second one."""
    say = context.translate
    sheet, source = style()
    policy = f"default-src 'none'; style-src {source}; base-uri 'none'; form-action 'none'"
    head = (
        f'<!DOCTYPE html>\n<html lang="{say.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{sheet}</style>\n</head>\n<body>\n<main>\n"
    )
    parts = [head, *body(say), "</main>\n"]
    if context.other is not None:
        other = context.other
        parts.append(f'<details lang="{other.lang}">\n<summary>{_NAMES.get(other.lang, other.lang)}</summary>\n')
        parts += [*body(other), "</details>\n"]
    parts.append("</body>\n</html>\n")
    return "".join(parts)


def article(
    checked: Checked, context: Context, say: Translator, between: Callable[[], Iterator[str]] | None = None
) -> Iterator[str]:
    """Yield one answer. `between` yields what comes after the verdict, before the findings."""
    word = "run" if checked.kind == "run" else "check"
    verdict = checked.verdict
    kind = "incomplete" if checked.error is not None or not _answered(checked) else verdict.grade.word
    score = f"{escape(say(SEVERITIES[verdict.band]))} ({verdict.score:.1f}/10)" if kind != "incomplete" else ""
    score = f' <span class="score">{score}</span>' if score else ""
    yield f"<article>\n<h1>lazaretto {word} {foreign(checked.target)}</h1>\n"
    yield f'<div class="verdict {kind}"><strong>{escape(say(headline(checked)))}{score}</strong>\n'
    for sentence in advice(checked):
        yield f"<p>{escape(say(sentence))}</p>\n"
    if checked.error is not None:
        yield f"<p>{escape(say.message(checked.error, safe))}</p>\n"
    if checked.hint is not None:
        yield f"<p>{escape(say.message(checked.hint, safe))}</p>\n"
    yield "</div>\n"
    if between is not None:
        yield from between()
    yield from _changes(checked, say)
    yield from _findings(checked, say)
    yield from _ignored(checked, say)
    yield from _coverage(checked, say)
    yield from _next(checked, say)
    yield from _provenance(checked, context, say)
    yield "</article>\n"


def _answered(checked: Checked) -> bool:
    return checked.verdict.complete or checked.verdict.grade > Grade.NOTHING_FOUND


def _changes(checked: Checked, say: Translator) -> Iterator[str]:
    comparison = checked.comparison
    if comparison is None:
        return
    heading = escape(say(N_("What changed since {old}"), {"old": _BLANK}))
    yield f"<h2>{heading.replace(_BLANK, foreign(comparison.old))}</h2>\n"
    changes = change_findings(checked)
    if changes:
        rows = (
            f"<li>{escape(say.message(f.message, safe))} {_place(f.locations[0])}</li>\n" for f in changes[:FINDINGS]
        )
        yield f"<ul>\n{''.join(rows)}</ul>\n"
    else:
        yield f"<p>{escape(say(N_('no new trigger, ability, dependency or hidden code was seen')))}</p>\n"
    others = sum(not finding.rule.startswith("change/") for finding in comparison.added)
    numbers = {"n": others, "gone": comparison.gone, "grade": say(GRADES[comparison.grade])}
    sentence = N_("other findings that the older version had not: {n}; gone: {gone}; the older version: {grade}")
    yield f'<p class="soft">{escape(say(sentence, numbers))}</p>\n'


def _findings(checked: Checked, say: Translator) -> Iterator[str]:
    everything = select(checked, everything=True)
    if not everything.shown:
        return
    reasons = {(finding.rule, finding.message) for finding in checked.verdict.reasons}
    strong = [finding for finding in everything.shown if (finding.rule, finding.message) in reasons]
    weak = [finding for finding in everything.shown if (finding.rule, finding.message) not in reasons]
    if strong:
        yield f"<h2>{escape(say(N_('Reasons')))} ({len(strong):,})</h2>\n"
        for finding in strong[:FINDINGS]:
            yield from _finding(finding, say)
    if weak:
        yield f"<h2>{escape(say(N_('Further observations, which raise no grade')))} ({len(weak):,})</h2>\n<ul>\n"
        for finding in weak[:FINDINGS]:
            place = _place(finding.locations[0])
            yield f"<li>{place} {escape(say.message(finding.message, safe))} <code>{escape(finding.rule)}</code></li>\n"
        yield "</ul>\n"
    left = max(0, len(strong) - FINDINGS) + max(0, len(weak) - FINDINGS)
    if left:
        yield f'<p class="soft">{escape(say(N_("{n} further results are left out"), {"n": f"{left:,}"}))}</p>\n'


def _finding(finding: Finding, say: Translator) -> Iterator[str]:
    kind = level(finding.severity)
    yield f'<section class="finding {kind}">\n<h3><span class="level">{escape(say(LEVELS[kind]))}</span> '
    yield f"{escape(say.message(finding.message, safe))}</h3>\n<p>{_place(finding.locations[0])}</p>\n"
    if finding.excerpt:
        yield f'<pre translate="no" dir="ltr"><bdi>{escape(shorten(defang(clean(finding.excerpt)), 240))}</bdi></pre>\n'
    if finding.layers:
        yield f'<p class="soft">{escape(say(DECODED))}: {escape(decodings(finding))}</p>\n'
    if finding.locations[1:]:
        word = escape(say(N_("then") if finding.related else N_("also")))
        yield "<ul>\n" + "".join(f"<li>{word}: {_place(place)}</li>\n" for place in finding.locations[1:50]) + "</ul>\n"
    strength = say(
        N_("{severity}, confidence {confidence}"),
        {"severity": say(SEVERITIES[finding.severity]), "confidence": say(CONFIDENCES[finding.confidence])},
    )
    facts = (say(PHASES[finding.phase]), strength, *finding.techniques)
    yield f'<p class="soft">{escape(" · ".join(facts))}</p>\n'
    if finding.related:
        chain = " → ".join(finding.related)
        yield f'<p class="soft">{escape(say(N_("chain")))}: <code translate="no">{escape(chain)}</code></p>\n'
    yield f'<p class="soft"><code translate="no">lazaretto explain {escape(finding.rule)}</code></p>\n</section>\n'


def _ignored(checked: Checked, say: Translator) -> Iterator[str]:
    if not checked.ignored:
        return
    yield f"<h2>{escape(say(N_('Ignored by your ignore file')))} ({len(checked.ignored):,})</h2>\n<ul>\n"
    for entry in checked.ignored[:FINDINGS]:
        until = say(N_("until {date}: {reason}"), {"date": entry.expires, "reason": entry.reason}, safe)
        rule = escape(entry.finding.rule)
        yield f"<li><code>{rule}</code> {_place(entry.finding.locations[0])} {escape(until)}</li>\n"
    yield "</ul>\n"


def _coverage(checked: Checked, say: Translator) -> Iterator[str]:
    coverage = checked.examination.coverage
    numbers = {"n": f"{coverage.examined:,}", "files": f"{coverage.files:,}"}
    parts = (
        say(N_("{n} of {files} files"), numbers),
        size(coverage.bytes),
        say.count(N_("{n} package named"), N_("{n} packages named"), coverage.packages),
    )
    yield f"<h2>{escape(say(N_('Checked')))}</h2>\n<p>{escape(' · '.join(parts))}</p>\n"
    groups = gap_groups(checked.examination.gaps, examples=20)
    yield f"<h2>{escape(say(N_('Not checked')))}</h2>\n<ul>\n"
    for group in groups:
        reason = say.message(group.reason, safe)
        if group.partial:
            reason = say(N_("{reason} (the rest was read)"), {"reason": reason})
        names = ", ".join(map(foreign, group.examples))
        if group.count > len(group.examples):
            left = f"{group.count - len(group.examples):,}"
            names = say(N_("{names} and {n} more"), {"names": names, "n": left})
        yield f"<li>{names}: {escape(reason)}</li>\n"
    for message in coverage.not_checked:
        yield f"<li>{escape(say.message(message, safe))}</li>\n"
    yield "</ul>\n"


def _next(checked: Checked, say: Translator) -> Iterator[str]:
    if checked.error is not None:
        return
    if checked.verdict.grade is Grade.MALICIOUS:
        yield f"<h2>{escape(say(N_('What now')))}</h2>\n<p>{escape(say(ALREADY_RAN))}</p>\n"
    elif checked.verdict.grade is Grade.NOTHING_FOUND and checked.verdict.complete:
        sentence = say(N_("This is not a proof of safety: only what is listed above was checked."))
        yield f"<p>{escape(sentence)}</p>\n"


def _provenance(checked: Checked, context: Context, say: Translator) -> Iterator[str]:
    rows = (
        (N_("Tool"), f"lazaretto {checked.version or context.version}"),
        (N_("Intelligence"), checked.intel_date or "-"),
        (N_("Network"), say(N_("online")) if checked.online else say(N_("offline"))),
        (N_("Policy"), checked.verdict.policy_digest),
        (N_("Date"), checked.verdict.at.isoformat(timespec="seconds")),
        (N_("Exit code"), str(context.exit_code(checked))),
    )
    yield f"<h2>{escape(say(N_('How this was made')))}</h2>\n<dl>\n"
    for name, value in rows:
        yield f"<dt>{escape(say(name))}</dt><dd>{escape(value)}</dd>\n"
    executed = N_("executed in the sandbox only") if checked.kind == "run" else N_("nothing was executed")
    yield f"</dl>\n<p>{escape(say(executed))}</p>\n"


def _place(location: Location) -> str:
    return f"{foreign(f'{location.path}:{location.line}:{location.column}')}"


def foreign(text: str) -> str:
    """Write a text of the target: cleaned, escaped, not translated, isolated for direction."""
    return f'<code translate="no"><bdi>{escape(safe(text, 400))}</bdi></code>'
