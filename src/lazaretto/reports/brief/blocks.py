"""The brief as a list of blocks for whoever sets pages (PDF): style and text, nothing else."""

from collections.abc import Iterator

from lazaretto.model.page import Block
from lazaretto.model.text import N_
from lazaretto.reports.brief.brief import Brief
from lazaretto.reports.brief.markdown import KINDS
from lazaretto.reports.brief.saying import harmless, numbers, say, severity_line
from lazaretto.reports.brief.severity import PARTS
from lazaretto.reports.context import Context
from lazaretto.reports.defang import defanged

ROWS = 250
"""Rows of the indicator table on paper."""


def blocks(brief: Brief, context: Context) -> Iterator[Block]:
    """Yield the blocks in order."""
    translate = context.translate
    yield Block("title", f"{translate(N_('Threat brief'))}: {harmless(brief.name)}")
    yield Block("lead", f"{severity_line(brief.rating, translate)} · TLP:{brief.tlp} · {brief.made}")
    for section in brief.sections:
        if not section.sentences:
            continue
        yield Block("heading", translate(section.title))
        for number, sentence in enumerate(section.sentences, 1):
            mark = {"prose": "", "list": "- ", "steps": f"{number}. "}[section.form]
            sources = "".join(f" [{source}]" for source in numbers(brief, sentence.sources))
            command = f"  {sentence.command}" if sentence.command else ""
            yield Block("text", f"{mark}{say(sentence.message, translate, str)}{sources}{command}")
    yield Block("heading", translate(N_("Indicators")))
    rows = [(one.kind, defanged(one.kind, one.value, 120), f"[{brief.number(one.source)}]") for one in brief.indicators]
    rows += [
        (
            "package",
            f"{record.ecosystem}:{harmless(record.name)} {' '.join(record.versions[:6]) or '*'}",
            f"[{brief.number(record.source)}]",
        )
        for record in brief.facts.packages
    ]
    yield Block("table", rows=((translate(N_("kind")), translate(N_("value")), translate(N_("source"))), *rows[:ROWS]))
    if len(rows) > ROWS:
        left = {"n": len(rows) - ROWS}
        yield Block(
            "text", translate(N_("{n} more are left out here; lazaretto intel export writes all of them."), left)
        )
    yield Block("heading", translate(N_("ATT&CK (version {version})"), {"version": brief.attack}))
    yield Block(
        "table",
        rows=(
            ("ID", translate(N_("name")), translate(N_("earlier ids"))),
            *((row.id, row.name, ", ".join(row.old)) for row in brief.techniques),
        ),
    )
    yield Block("heading", translate(N_("Severity")))
    for rated in brief.rating.marks:
        reasons = "; ".join(translate(reason) for reason in rated.reasons) or translate(N_("nothing recorded"))
        yield Block("text", f"{translate(PARTS[rated.part])}: {rated.points:.1f} / {rated.most:.0f} - {reasons}")
    yield Block("heading", translate(N_("References")))
    for number, reference in enumerate(brief.references, 1):
        kind = translate(KINDS.get(reference.kind, N_("source")))
        yield Block("text", f"{number}. {harmless(reference.title)}, {reference.date} ({kind}). {reference.url}")
