"""The brief as Markdown (CommonMark with tables). Fact ids stand in a comment after each sentence."""

import re
from collections.abc import Iterator

from lazaretto.model.text import N_
from lazaretto.reports.brief.brief import Brief, Section, Sentence
from lazaretto.reports.brief.plan import INDICATORS
from lazaretto.reports.brief.saying import harmless, numbers, say, severity_line
from lazaretto.reports.brief.severity import PARTS
from lazaretto.reports.context import Context
from lazaretto.reports.defang import defanged
from lazaretto.reports.i18n import Translator

_SPECIAL = re.compile(r"([\\`*_{}<>|#])")


def render(brief: Brief, context: Context) -> str:
    """Return the document."""
    return "".join(f"{line}\n" for line in _lines(brief, context.translate))


def _lines(brief: Brief, translate: Translator) -> Iterator[str]:
    yield f"# {translate(N_('Threat brief'))}: {_escape(harmless(brief.name))}"
    yield ""
    yield f"**{translate(N_('Severity'))}: {severity_line(brief.rating, translate)}** · TLP:{brief.tlp} · {brief.made}"
    for section in brief.sections:
        if section.sentences and section.id != "gaps":
            yield from _section(section, brief, translate)
    yield from _indicators(brief, translate)
    yield from _techniques(brief, translate)
    yield from _severity(brief, translate)
    yield from ("", f"## {translate(N_('Tags'))}", "", ", ".join(f"`{harmless(tag)}`" for tag in brief.tags))
    for section in brief.sections:
        if section.id == "gaps":
            yield from _section(section, brief, translate)
    yield from _references(brief, translate)


def _section(section: Section, brief: Brief, translate: Translator) -> Iterator[str]:
    depth = "###" if section.id == "do-now" else "##"
    yield from ("", f"{depth} {translate(section.title)}", "")
    if section.form == "prose":
        for sentence in section.sentences:
            yield _sentence(sentence, brief, translate)
        return
    for number, sentence in enumerate(section.sentences, 1):
        mark = f"{number}." if section.form == "steps" else "-"
        yield f"{mark} {_sentence(sentence, brief, translate)}"


def _sentence(sentence: Sentence, brief: Brief, translate: Translator) -> str:
    text = say(sentence.message, translate, _escape)
    marks = "".join(f" [{number}]" for number in numbers(brief, sentence.sources))
    command = f" `{sentence.command}`" if sentence.command else ""
    return f"{text}{marks}{command} <!-- {' '.join(sentence.facts)} -->"


def _indicators(brief: Brief, translate: Translator) -> Iterator[str]:
    yield from ("", f"## {translate(N_('Indicators'))}", "")
    if not brief.indicators and not brief.facts.packages:
        yield translate(N_("None is recorded."))
        return
    head = (N_("kind"), N_("value"), N_("role"), N_("confidence"), N_("source"))
    yield from _table([translate(name) for name in head])
    for one in brief.indicators[:INDICATORS]:
        number = brief.number(one.source)
        yield _row(
            (
                one.kind,
                f"`{_code(defanged(one.kind, one.value))}`",
                _escape(harmless(one.role)),
                _trust(one.trust.value, translate),
                f"[{number}]" if number else "",
            )
        )
    for record in brief.facts.packages[: max(0, INDICATORS - len(brief.indicators))]:
        versions = " ".join(record.versions[:8]) + (" ..." if len(record.versions) > 8 else "") or "*"
        number = brief.number(record.source)
        value = f"`{_code(record.ecosystem + ':' + harmless(record.name))}` {_escape(versions)}"
        yield _row(
            (
                "package",
                value,
                _escape(record.advisory),
                _trust(record.trust.value, translate),
                f"[{number}]" if number else "",
            )
        )
    left = len(brief.indicators) + len(brief.facts.packages) - INDICATORS
    if left > 0:
        yield ""
        yield translate(N_("{n} more are left out here; lazaretto intel export writes all of them."), {"n": left})


def _techniques(brief: Brief, translate: Translator) -> Iterator[str]:
    yield from ("", f"## {translate(N_('ATT&CK (version {version})'), {'version': brief.attack})}", "")
    yield from _table(["ID", translate(N_("name")), translate(N_("tactics")), translate(N_("earlier ids"))])
    for row in brief.techniques:
        yield _row((row.id, row.name, row.tactics, ", ".join(row.old)))


def _severity(brief: Brief, translate: Translator) -> Iterator[str]:
    yield from ("", f"## {translate(N_('Severity'))}", "")
    yield f"**{severity_line(brief.rating, translate)}** {translate(N_('by the rubric of Lazaretto (docs/brief.md), from recorded facts; it is not CVSS.'))}"
    yield ""
    yield from _table([translate(N_("part")), translate(N_("points")), translate(N_("because"))])
    for mark in brief.rating.marks:
        reasons = "; ".join(translate(reason) for reason in mark.reasons) or translate(N_("nothing recorded"))
        yield _row((translate(PARTS[mark.part]), f"{mark.points:.1f} / {mark.most:.0f}", reasons))


def _references(brief: Brief, translate: Translator) -> Iterator[str]:
    yield from ("", f"## {translate(N_('References'))}", "")
    for number, reference in enumerate(brief.references, 1):
        kind = translate(KINDS.get(reference.kind, N_("source")))
        link = f" <{reference.url}>" if reference.url.startswith("https://") else ""
        yield f"{number}. {_escape(harmless(reference.title))}, {reference.date} ({kind}).{link}"


KINDS: dict[str, str] = {
    "primary": N_("researcher's own report"),
    "secondary": N_("report about it"),
    "feed": N_("feed"),
    "cited": N_("cited by another, not read"),
}
_TRUSTS = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}


def _trust(word: str, translate: Translator) -> str:
    return translate(_TRUSTS[word])


def _table(heads: list[str]) -> Iterator[str]:
    yield _row(heads)
    yield "|" + "---|" * len(heads)


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _code(text: str) -> str:
    return text.replace("`", "'").replace("|", "\\|")
