"""What `intel learn` shows: a table for people, a document for programs."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from lazaretto.model.extract import Extracted, Extraction, Standing
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.defang import defanged
from lazaretto.reports.document import Json, encode, tool
from lazaretto.reports.lines import BOLD, pad, paint
from lazaretto.reports.safe import cells, clean, defang, plain, shorten
from lazaretto.reports.words import CONFIDENCES

SCHEMA = "lazaretto/learn-1"

STANDINGS: dict[Standing, str] = {
    Standing.INDICATOR: N_("indicator"),
    Standing.CONTEXT: N_("context of the campaign"),
    Standing.POSSIBLE: N_("possibly a package: confirm it yourself"),
    Standing.SHARED: N_("a service that everybody uses"),
    Standing.REFERENCE: N_("a reference"),
    Standing.LIVE: N_("not defanged, in a report that defangs its indicators"),
    Standing.BENIGN: N_("named as the genuine one"),
    Standing.LOCAL: N_("a private or reserved address"),
    Standing.INVALID: N_("its checksum or number is wrong"),
}
_TRUST = {"high": 3, "medium": 2, "low": 1}


class Answer(Protocol):
    """What was read and what became of it."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def extraction(self) -> Extraction: ...  # noqa: D102
    @property
    def kept(self) -> tuple[Extracted, ...]: ...  # noqa: D102
    @property
    def where(self) -> str: ...  # noqa: D102


def table(extraction: Extraction, context: Context) -> str:
    """Render what is proposed for keeping, numbered, and what is not, with the reason."""
    say = context.translate
    proposed = extraction.indicators
    title = clean(extraction.title)[:200] or "-"
    lines = [paint(title, BOLD, on=context.colour), ""]
    if proposed:
        lines += _rows(proposed, context)
    else:
        lines.append(say(N_("the report names no indicator")))
    rest = [item for item in extraction.items if item not in proposed]
    if rest:
        lines += ["", say(N_("Not proposed:"))]
        for standing in Standing:
            same = [item for item in rest if item.standing is standing]
            if same:
                shown = ", ".join(
                    defanged(item.kind, item.value, 60) for item in same[: None if context.show_all else 6]
                )
                more = "" if context.show_all or len(same) <= 6 else f" (+{len(same) - 6})"
                lines.append(f"  {say(STANDINGS[standing])}: {shown}{more}")
    lines += [f"  {say(N_('not read'))}: {bound}" for bound in extraction.bounds]
    return "\n".join(lines) + "\n"


def summary(answer: Answer, context: Context, *, asked: bool) -> str:
    """Render the last line: what was kept and where, or why nothing was."""
    say = context.translate
    if answer.where:
        values = {"n": len(answer.kept), "file": clean(answer.where)}
        return say(N_("{n} values kept in {file}"), values) + "\n"
    if not answer.extraction.indicators:
        return say(N_("nothing was kept: there is nothing to keep")) + "\n"
    if answer.kept or asked:
        return say(N_("nothing was kept")) + "\n"
    return say(N_("nothing was kept: confirm it on a terminal, or with --yes")) + "\n"


def _rows(items: Sequence[Extracted], context: Context) -> list[str]:
    say = context.translate
    head = ("#", say(N_("kind")), say(N_("value")), say(N_("confidence")), say(N_("line")), say(N_("offset")), "")
    rows = [head]
    for number, item in enumerate(items, 1):
        places = f"{item.start}" + (f" +{len(item.places) - 1}" if len(item.places) > 1 else "")
        mark = f" [{say(N_('shared'))}]" if item.shared else ""
        kind = item.kind + (f" ({item.network})" if item.network else "")
        confidence = say(CONFIDENCES_BY_WORD[item.confidence.value])
        value = defanged(item.kind, item.value, 72) + mark
        rows.append((str(number), kind, value, confidence, str(item.line), places, snippet(item)))
    widths = [max(cells(row[column]) for row in rows) for column in range(6)]
    lines = []
    for row in rows:
        lines.append("  ".join(pad(text, width) for text, width in zip(row, widths, strict=False)).rstrip())
        if row is not head and row[6]:
            lines.append("      " + shorten(row[6], max(40, context.width - 8)))
    return lines


def snippet(item: Extracted) -> str:
    """Return the words around a value, with the value itself defanged."""
    text = item.snippet
    if item.raw and item.raw in text:
        text = text.replace(
            item.raw, defanged(item.kind, item.value if item.kind in ("domain", "url") else item.raw, 80)
        )
    return defang(clean(text)).replace("[[.]]", "[.]")


CONFIDENCES_BY_WORD = {confidence.name.lower(): word for confidence, word in CONFIDENCES.items()}


def as_json(answer: Answer, context: Context) -> str:
    """Render the document; values are exact, not defanged."""
    extraction = answer.extraction
    counts = Counter(item.kind for item in extraction.indicators)
    document: Json = {
        "schema": SCHEMA,
        "tool": tool(context.version),
        "report": {
            "name": plain(answer.name), "title": plain(extraction.title), "language": extraction.language,
            "date": extraction.date, "publisher": extraction.publisher, "characters": extraction.characters,
        },
        "indicators": [item_document(item) for item in extraction.indicators],
        "not_proposed": [item_document(item) for item in extraction.items if item not in extraction.indicators],
        "counts": dict(sorted(counts.items())),
        "kept": len(answer.kept) if answer.where else 0,
        "where": plain(answer.where),
        "bounds": list(extraction.bounds),
    }  # fmt: skip
    return encode(document, context, indent=2)


def item_document(item: Extracted) -> Json:
    """Return the document of one value; empty fields are left out."""
    document: Json = {
        "kind": item.kind, "value": plain(item.value), "raw": plain(item.raw), "start": item.start, "end": item.end,
        "line": item.line, "places": list(item.places), "standing": item.standing.value,
        "confidence": item.confidence.value, "defanged": item.defanged, "shared": item.shared,
        "snippet": plain(item.snippet),
    }  # fmt: skip
    more = {
        "host": item.host, "port": item.port, "ecosystem": item.ecosystem, "name": item.name, "version": item.version,
        "network": item.network, "heading": item.heading,
    }  # fmt: skip
    return document | {key: plain(value) if isinstance(value, str) else value for key, value in more.items() if value}
