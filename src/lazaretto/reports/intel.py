"""The answers of the `intel` commands, for people. Everything recorded is untrusted text and is printed defanged.

The same answers for programs: `intel_document.py`.
"""

from collections.abc import Iterable, Iterator, Sequence

from lazaretto.model.intel import Coverage, Indicator, PackageRecord, Reference, Scope
from lazaretto.model.intel_answer import FeedResult, Listed, MatchAnswer, PackageAnswer, Shown, StoreState, Word
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.groups import gap_groups
from lazaretto.reports.i18n import Translator
from lazaretto.reports.lines import BOLD, GREEN, RED, YELLOW, pad, paint, wrap
from lazaretto.reports.safe import cells, safe, shorten
from lazaretto.reports.text import gap_names

ROWS = 15
"""Rows of one table unless everything was asked for."""

_WORDS = {Word.MALICIOUS: N_("MALICIOUS"), Word.NAMED: N_("LISTED"), Word.CLEAN: N_("clean")}
_COLOURS = {Word.MALICIOUS: RED, Word.NAMED: YELLOW, Word.CLEAN: GREEN}


def update(results: Sequence[FeedResult], context: Context) -> str:
    """Render what an update did."""
    return _joined(_update(results, context))


def match(answer: MatchAnswer, context: Context) -> str:
    """Render what is recorded of some packages."""
    return _joined(_match(answer, context))


def campaigns(listed: Sequence[Listed], context: Context) -> str:
    """Render a list of campaigns."""
    return _joined(_campaigns(listed, context))


def show(shown: Shown, context: Context) -> str:
    """Render everything recorded under one word."""
    return _joined(_show(shown, context))


def status(state: StoreState, context: Context) -> str:
    """Render what the store holds."""
    return _joined(_status(state, context))


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _update(results: Sequence[FeedResult], context: Context) -> Iterator[str]:
    say = context.translate
    for one in results:
        if one.problem is not None:
            yield f"{safe(one.feed, 60)}: {paint(say(N_('not taken over')), RED, on=context.colour)}"
            yield from wrap(say.message(one.problem, safe), context.width, "  ", "  ")
            if one.hint is not None:
                yield from wrap(say.message(one.hint, safe), context.width, "  ", "  ")
            continue
        if one.feed:
            counts = {
                "facts": f"{one.facts:,}",
                "documents": f"{one.documents:,}",
                "new": f"{one.new:,}",
                "changed": f"{one.changed:,}",
                "unchanged": f"{one.unchanged:,}",
                "removed": f"{one.removed:,}",
            }
            text = N_(
                "{facts} facts from {documents} documents: {new} new, {changed} changed, {unchanged} unchanged, "
                "{removed} gone"
            )
            yield f"{safe(one.feed, 60)}: {say(text, counts)}"
            if one.withdrawn:
                yield f"  {say(N_('{n} withdrawn by their authors: kept, never matched'), {'n': f'{one.withdrawn:,}'})}"
            if one.skipped:
                yield f"  {say(N_('{n} statements about other things passed over'), {'n': f'{one.skipped:,}'})}"
        for message in one.notes:
            yield from wrap(say.message(message, safe), context.width, "  ", "  ")
        if one.rejections:
            yield f"  {say(N_('{n} statements could not be taken over, for instance:'), {'n': f'{one.rejections:,}'})}"
            yield from (f"    {safe(reason, 200)}" for reason in one.rejected[: None if context.verbose else 3])
        if one.unreadables:
            yield f"  {say(N_('{n} documents could not be read:'), {'n': f'{one.unreadables:,}'})}"
            yield from (f"    {safe(reason, 200)}" for reason in one.unreadable[: None if context.verbose else 5])


def _match(answer: MatchAnswer, context: Context) -> Iterator[str]:
    say = context.translate
    for one in answer.answers:
        yield from _package_answer(one, context)
    if answer.answers:
        yield ""
    bad = sum(one.word is Word.MALICIOUS for one in answer.answers)
    named = sum(one.word is Word.NAMED for one in answer.answers)
    counts = {"packages": f"{answer.packages:,}", "bad": f"{bad:,}", "named": f"{named:,}"}
    yield say(N_("{packages} packages looked up: {bad} malicious, {named} listed names"), counts)
    source = N_("intelligence of {date}: embedded campaigns and the store {store}")
    alone = N_("intelligence of {date}: embedded campaigns only, there is no store (lazaretto intel update)")
    yield say(source if answer.store else alone, {"date": answer.date, "store": answer.store}, safe)
    groups = gap_groups(answer.gaps)
    if groups:
        yield say(N_("Not read:"))
    for group in groups:
        yield f"  {gap_names(group, say)}: {say.message(group.reason, safe)}"


def _package_answer(one: PackageAnswer, context: Context) -> Iterator[str]:
    say = context.translate
    word = paint(say(_WORDS[one.word]), _COLOURS[one.word], on=context.colour)
    yield f"{word}  {safe(one.asked, 300)}"
    if one.word is Word.NAMED:
        yield f"    {say(N_('name listed, version not'))}"
    if one.finding is not None:
        yield from wrap(say.message(one.finding.message, safe), context.width, "    ", "    ")
    elif not one.records:
        yield f"    {say(N_('nothing is recorded under this name'))}"
    for message in one.notes:
        yield from wrap(say.message(message, safe), context.width, "    ", "    ")


def _campaigns(listed: Sequence[Listed], context: Context) -> Iterator[str]:
    say = context.translate
    head = (
        say(N_("campaign")),
        say(N_("seen")),
        say(N_("packages")),
        say(N_("indicators")),
        say(N_("feed")),
        say(N_("actor")),
    )
    rows = [
        (
            shorten(safe(one.entity.name, 120), 36),
            _seen(one.entity.first_seen, one.entity.last_seen),
            f"{one.packages:,}",
            f"{one.indicators:,}",
            safe(one.entity.feed or "lazaretto", 30),
            shorten(safe(one.entity.actor, 200), 50),
        )
        for one in listed
    ]
    yield from _table(head, rows)
    yield ""
    yield say.count(N_("{n} campaign"), N_("{n} campaigns"), len(listed)) + "; lazaretto intel show NAME"


def _seen(first: str, last: str) -> str:
    days = [day for day in dict.fromkeys((first[:10], last[:10])) if day]
    return " - ".join(days)


def _show(shown: Shown, context: Context) -> Iterator[str]:
    say = context.translate
    names = {reference.key: reference for reference in shown.references}
    for entity in shown.entities:
        yield (
            paint(safe(entity.name, 200), BOLD, on=context.colour)
            + f"  ({entity.kind}, {safe(entity.feed or 'lazaretto', 40)})"
        )
        facts = (
            (N_("also called"), ", ".join(entity.aliases)),
            (N_("actor"), entity.actor),
            (N_("seen"), _seen(entity.first_seen, entity.last_seen)),
            (N_("ecosystems"), ", ".join(entity.ecosystems)),
            (N_("techniques"), ", ".join(entity.techniques)),
            (N_("fronts"), ", ".join(front.name for front in entity.fronts)),
            (N_("withdrawn"), entity.withdrawn[:10]),
            (N_("read on"), entity.read[:10]),
            (N_("TLP"), entity.tlp.value.upper() if entity.tlp.value != "clear" else ""),
        )
        for label, value in facts:
            if value:
                yield from wrap(f"{say(label)}: {safe(value, 1000)}", context.width, "    ", "  ")
        if entity.description:
            yield from wrap(safe(entity.description, 1500), context.width, "  ", "  ")
        yield ""
    yield from _section(N_("Packages"), [_package_row(one, names, shown.now, say) for one in shown.packages], context)
    indicators = [_indicator_row(one, names, shown.now, say) for one in shown.indicators]
    yield from _section(N_("Indicators"), indicators, context)
    relations = [(one.source, one.kind, one.target) for one in shown.relations]
    yield from _section(N_("Relations"), [tuple(safe(text, 120) for text in row) for row in relations], context)
    sightings = [
        (_seen(one.first_seen, one.last_seen) or "-", f"{one.count:,}", safe(one.where, 120)) for one in shown.sightings
    ]
    yield from _section(N_("Sightings"), sightings, context)
    sources = [
        (safe(one.key, 60) if one.key != one.url else "", one.date, safe(one.title, 100), safe(one.url, 300))
        for one in shown.references
    ]
    yield from _section(N_("Sources"), sources, context)
    if shown.empty:
        yield say(N_("nothing is recorded under {word}"), {"word": shown.word}, safe)


def _section(title: str, rows: Sequence[tuple[str, ...]], context: Context) -> Iterator[str]:
    if not rows:
        return
    say = context.translate
    yield f"{paint(say(title), BOLD, on=context.colour)} ({len(rows):,})"
    limit = len(rows) if context.show_all else ROWS
    yield from (f"  {line}" for line in _table((), rows[:limit]))
    if len(rows) > limit:
        yield f"  {say(N_('... and {n} more (--all)'), {'n': f'{len(rows) - limit:,}'})}"
    yield ""


def _package_row(
    one: PackageRecord, names: dict[str, Reference], now: str, say: Translator
) -> tuple[str, str, str, str]:
    spans = [
        f">={span.introduced}" + (f" <{span.fixed}" if span.fixed else f" <={span.last}" if span.last else "")
        for span in one.spans
        if not span.everything
    ]
    versions = ", ".join((*one.versions[:6], *spans[:3])) + (" ..." if len(one.versions) > 6 else "")
    if one.coverage is Coverage.ALL:
        versions = say(N_("all versions"))
    elif one.coverage is Coverage.WATCH or not versions:
        versions = say(N_("no version shown malicious"))
    return one.ecosystem, safe(one.name, 100), safe(versions, 100), _origin(one, names, now, say, one.advisory)


def _indicator_row(one: Indicator, names: dict[str, Reference], now: str, say: Translator) -> tuple[str, str, str, str]:
    role = safe(one.role, 40) or "-"
    if one.scope is Scope.HUNT:
        role += f" ({say(N_('for hunting only'))})"
    return one.kind, _defanged(one), role, _origin(one, names, now, say, "")


def _defanged(one: Indicator) -> str:
    value = safe(one.value, 200)
    return (
        value.replace(".", "[.]").replace("[[.]]", "[.]") if one.kind in ("domain", "url", "email", "ipv4") else value
    )


def _origin(
    one: PackageRecord | Indicator, names: dict[str, Reference], now: str, say: Translator, advisory: str
) -> str:
    reference = names.get(one.source)
    title = advisory or (safe(reference.title, 60) if reference and reference.title else one.source)
    date = (one.date if isinstance(one, PackageRecord) else "") or one.last_seen[:10] or one.first_seen[:10]
    date = date or (reference.date if reference else "")
    told = ", ".join(part for part in (safe(title, 80), date, one.trust.value) if part)
    if one.read:
        told += ", " + say(N_("read {date}"), {"date": one.read[:10]})
    if one.withdrawn:
        told += "; " + say(N_("WITHDRAWN {date}: never matches"), {"date": one.withdrawn[:10]})
    elif one.expires:
        over = now[: len(one.expires)] > one.expires if len(one.expires) <= 10 else now >= one.expires
        text = N_("EXPIRED {date}: never matches") if over else N_("expires {date}")
        told += "; " + say(text, {"date": one.expires[:10]})
    if one.tlp.value != "clear":
        told += f"; TLP:{one.tlp.value.upper()}"
    return told


def _status(state: StoreState, context: Context) -> Iterator[str]:
    say = context.translate
    yield say(N_("embedded campaigns: {date}"), {"date": state.embedded})
    if not state.place:
        yield say(N_("the store is switched off by LAZARETTO_STORE"))
        return
    if not state.exists:
        yield say(N_("there is no store yet: {place} (lazaretto intel update)"), {"place": state.place}, safe)
        return
    size = f" ({state.size / 1e6:,.1f} MB)" if state.size else ""
    yield say(N_("store: {place}"), {"place": state.place}, safe) + size
    yield ""
    head = tuple(
        say(word)
        for word in (
            N_("feed"),
            N_("read on"),
            N_("newest"),
            N_("packages"),
            N_("withdrawn"),
            N_("indicators"),
            N_("others"),
        )
    )
    rows = [
        (
            safe(one.name, 40), one.last_read[:16], one.newest[:10] or "-", f"{one.packages:,}", f"{one.withdrawn:,}",
            f"{one.indicators:,}", f"{one.entities:,}",
        )
        for one in state.feeds
    ]  # fmt: skip
    yield from _table(head, rows)
    for one in state.feeds:
        if one.licence:
            yield f"{safe(one.name, 40)}: {safe(one.title, 80)}; {safe(one.licence, 120)}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    every = [row for row in (head, *rows) if row]
    if not every:
        return
    last = len(every[0]) - 1
    widths = [min(48, max(cells(row[column]) for row in every)) for column in range(last)]
    for row in every:
        yield "  ".join((*(pad(text, width) for text, width in zip(row, widths, strict=False)), row[last]))
