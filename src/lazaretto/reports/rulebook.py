"""The answers of `rules` and `explain`: the list of rules, and one rule's page."""

import inspect
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from lazaretto.model.text import N_
from lazaretto.reports.context import Context, RuleCard
from lazaretto.reports.document import encode, tool
from lazaretto.reports.lines import BOLD, pad, paint
from lazaretto.reports.safe import cells
from lazaretto.reports.words import CONFIDENCES, PHASES, SEVERITIES

SCHEMA = "lazaretto/rules-1"

HEADINGS = (
    N_("What it sees"),
    N_("Why it matters"),
    N_("Example"),
    N_("What to do"),
    N_("False alarms"),
    N_("References"),
)
"""The sections of a rule's page; in the source they are English, as the text below them."""

STATES = {"experimental": N_("experimental"), "stable": N_("stable"), "deprecated": N_("deprecated")}


def as_json(rules: Iterable[RuleCard], context: Context) -> str:
    """Render all rules' metadata as a document."""
    listed = [
        {
            "id": rule.id,
            "title": context.translate(rule.title),
            "severity": rule.severity.name.lower(),
            "confidence": rule.confidence.name.lower(),
            "phase": rule.phase.value,
            "role": rule.role.value,
            "techniques": list(rule.techniques),
            "state": rule.state,
            "since": rule.since,
        }
        for rule in rules
    ]
    return encode({"schema": SCHEMA, "tool": tool(context.version), "rules": listed}, context, indent=2)


def as_text(rules: Sequence[RuleCard], context: Context) -> str:
    """Render all rules as a table."""
    say = context.translate
    rows = [
        (rule.id, say(SEVERITIES[rule.severity]), say(CONFIDENCES[rule.confidence]), rule.phase.value, say(rule.title))
        for rule in rules
    ]
    head = ("ID", say(N_("severity")), say(N_("confidence")), say(N_("phase")), say(N_("what it sees")))
    widths = [max(cells(row[column]) for row in (head, *rows)) for column in range(4)]
    lines = [
        "  ".join((*(pad(text, w) for text, w in zip(row, widths, strict=False)), row[4])) for row in (head, *rows)
    ]
    lines.append("")
    lines.append(f"{say.count(N_('{n} rule'), N_('{n} rules'), len(rows))}; lazaretto explain ID")
    return "".join(f"{line}\n" for line in lines)


def page(rule: RuleCard, context: Context) -> str:
    """Render one rule's page: its facts in the user's language, its documentation as it is written (English)."""
    return "".join(f"{line}\n" for line in _page(rule, context))


def _page(rule: RuleCard, context: Context) -> Iterator[str]:
    say = context.translate
    yield paint(rule.id, BOLD, on=context.colour)
    yield say(rule.title)
    yield ""
    state = say(STATES.get(rule.state, rule.state))
    facts = (
        (N_("severity"), say(SEVERITIES[rule.severity])),
        (N_("confidence"), say(CONFIDENCES[rule.confidence])),
        (N_("acts"), say(PHASES[rule.phase])),
        (N_("techniques"), ", ".join(rule.techniques) or "-"),
        (N_("state"), say(N_("{state}, since {version}"), {"state": state, "version": rule.since})),
    )
    width = max(cells(say(name)) for name, _ in facts) + 2
    for name, value in facts:
        yield f"  {pad(say(name), width)}{value}"
    yield ""
    if say.lang != "en":
        yield say(N_("The page below is written in English; only its headings are translated."))
        yield ""
    for line in inspect.cleandoc(rule.doc or "").splitlines():
        yield paint(say(line), BOLD, on=context.colour) if line in HEADINGS else line


def suggestions(wanted: str, ids: Sequence[str]) -> list[str]:
    """Return the ids that somebody who typed `wanted` may have meant, the likeliest first; at most three."""
    wanted = wanted.lower().strip()
    ends = [rule for rule in ids if wanted and (rule.endswith(f"/{wanted}") or rule.startswith(f"{wanted}/"))]
    close = get_close_matches(wanted, ids, n=3, cutoff=0.6)
    inside = [rule for rule in ids if len(wanted) > 2 and wanted in rule]
    return list(dict.fromkeys((*ends, *close, *inside)))[:3]
