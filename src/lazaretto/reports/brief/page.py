"""The brief as one HTML file without script, under the same content security policy as the report page."""

from collections.abc import Iterator, Sequence
from html import escape

from lazaretto.model.text import N_
from lazaretto.reports.brief.brief import Brief, Section
from lazaretto.reports.brief.markdown import KINDS
from lazaretto.reports.brief.plan import INDICATORS
from lazaretto.reports.brief.saying import harmless, numbers, say, severity_line
from lazaretto.reports.brief.severity import PARTS
from lazaretto.reports.context import Context
from lazaretto.reports.defang import defanged
from lazaretto.reports.i18n import Translator
from lazaretto.reports.page import style


def render(brief: Brief, context: Context) -> str:
    """Return the page."""
    translate = context.translate
    sheet, source = style()
    title = f"{translate(N_('Threat brief'))}: {harmless(brief.name)}"
    policy = f"default-src 'none'; style-src {source}; base-uri 'none'; form-action 'none'"
    head = (
        f'<!DOCTYPE html>\n<html lang="{translate.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{sheet}</style>\n</head>\n<body>\n<main>\n<article>\n"
        f"<h1>{escape(title)}</h1>\n"
    )
    return head + "".join(_body(brief, translate)) + "</article>\n</main>\n</body>\n</html>\n"


def _body(brief: Brief, translate: Translator) -> Iterator[str]:
    kind = {"CRITICAL": "malicious", "HIGH": "malicious", "MEDIUM": "suspicious"}.get(brief.rating.severity.name, "")
    line = escape(severity_line(brief.rating, translate))
    yield f'<div class="verdict {kind}"><strong>{line}</strong>\n<p class="soft">TLP:{brief.tlp} · {brief.made}</p></div>\n'
    for section in brief.sections:
        if section.sentences and section.id != "gaps":
            yield from _section(section, brief, translate)
    yield from _indicators(brief, translate)
    rows = [(row.id, row.name, row.tactics, ", ".join(row.old)) for row in brief.techniques]
    heads = ("ID", translate(N_("name")), translate(N_("tactics")), translate(N_("earlier ids")))
    yield _heading(translate(N_("ATT&CK (version {version})"), {"version": brief.attack}))
    yield _table(heads, [tuple(map(escape, row)) for row in rows])
    yield from _severity(brief, translate)
    yield _heading(translate(N_("Tags")))
    yield f"<p>{' '.join(f'<code>{escape(harmless(tag))}</code>' for tag in brief.tags)}</p>\n"
    for section in brief.sections:
        if section.id == "gaps":
            yield from _section(section, brief, translate)
    yield _heading(translate(N_("References"))) + "<ol>\n"
    for reference in brief.references:
        title = escape(harmless(reference.title))
        if reference.url.startswith("https://"):
            title = f'<a href="{escape(reference.url, quote=True)}" rel="noreferrer noopener">{title}</a>'
        kind = translate(KINDS.get(reference.kind, N_("source")))
        yield f"<li>{title}, {escape(reference.date)} ({escape(kind)})</li>\n"
    yield "</ol>\n"


def _section(section: Section, brief: Brief, translate: Translator) -> Iterator[str]:
    yield _heading(translate(section.title), 3 if section.id == "do-now" else 2)
    tag, item = {"prose": ("div", "p"), "list": ("ul", "li"), "steps": ("ol", "li")}[section.form]
    yield f"<{tag}>\n"
    for sentence in section.sentences:
        text = say(sentence.message, translate, escape)
        marks = "".join(f" [{number}]" for number in numbers(brief, sentence.sources))
        command = f' <code translate="no">{escape(sentence.command)}</code>' if sentence.command else ""
        yield f'<{item} data-facts="{escape(" ".join(sentence.facts), quote=True)}">{text}{marks}{command}</{item}>\n'
    yield f"</{tag}>\n"


def _indicators(brief: Brief, translate: Translator) -> Iterator[str]:
    yield _heading(translate(N_("Indicators")))
    heads = tuple(translate(name) for name in (N_("kind"), N_("value"), N_("role"), N_("confidence"), N_("source")))
    rows = []
    for one in brief.indicators[:INDICATORS]:
        number = brief.number(one.source)
        rows.append(
            (
                escape(one.kind),
                _foreign(defanged(one.kind, one.value)),
                escape(harmless(one.role)),
                translate(_TRUSTS[one.trust.value]),
                f"[{number}]" if number else "",
            )
        )
    for record in brief.facts.packages[: max(0, INDICATORS - len(brief.indicators))]:
        number = brief.number(record.source)
        versions = " ".join(record.versions[:8]) + (" ..." if len(record.versions) > 8 else "") or "*"
        value = _foreign(f"{record.ecosystem}:{harmless(record.name)}") + f" {escape(versions)}"
        rows.append(
            (
                "package",
                value,
                escape(record.advisory),
                translate(_TRUSTS[record.trust.value]),
                f"[{number}]" if number else "",
            )
        )
    yield _table(heads, rows)
    left = len(brief.indicators) + len(brief.facts.packages) - INDICATORS
    if left > 0:
        text = translate(N_("{n} more are left out here; lazaretto intel export writes all of them."), {"n": left})
        yield f'<p class="soft">{escape(text)}</p>\n'


_TRUSTS = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}


def _severity(brief: Brief, translate: Translator) -> Iterator[str]:
    yield _heading(translate(N_("Severity")))
    basis = translate(N_("by the rubric of Lazaretto (docs/brief.md), from recorded facts; it is not CVSS."))
    yield f"<p><strong>{escape(severity_line(brief.rating, translate))}</strong> {escape(basis)}</p>\n"
    rows = []
    for mark in brief.rating.marks:
        reasons = "; ".join(translate(reason) for reason in mark.reasons) or translate(N_("nothing recorded"))
        rows.append((escape(translate(PARTS[mark.part])), f"{mark.points:.1f} / {mark.most:.0f}", escape(reasons)))
    yield _table((translate(N_("part")), translate(N_("points")), translate(N_("because"))), rows)


def _heading(text: str, level: int = 2) -> str:
    return f"<h{level}>{escape(text)}</h{level}>\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"


def _foreign(text: str) -> str:
    return f'<code translate="no"><bdi>{escape(text)}</bdi></code>'
