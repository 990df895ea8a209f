"""A run as one HTML file without script: indicators first, decoys, then each phase's programs, network and events.

Bars show when a program lived and when a connection was open; they are SVG, so the page needs no style beyond its own.
"""

from collections.abc import Iterator
from html import escape

from lazaretto.model.behaviour import Action, Event, Flow, Record
from lazaretto.model.detonated import Detonated, Ran
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.i18n import Translator
from lazaretto.reports.page import article, foreign, shell
from lazaretto.reports.run_facts import DNS_KINDS, Indicator, chain_text, indicators, touched, url_of
from lazaretto.reports.run_words import ACTIONS, DECISIONS, GRAVE, KINDS, matters, tree
from lazaretto.reports.safe import safe
from lazaretto.reports.words import PHASES, headline

_MOST = 500
"""Rows of one table; what is left out is counted."""
_DEEP = 16


def render(answer: Detonated, context: Context) -> str:
    """Render the page."""

    def body(say: Translator) -> Iterator[str]:
        def between() -> Iterator[str]:
            yield from _indicators(answer, say)
            yield from _decoys(answer, say)

        yield from article(answer.checked, context, say, between)
        for ran in answer.ran:
            yield from _phase(ran, say)

    return shell(f"Lazaretto: {context.translate(headline(answer.checked))}", context, body)


def _indicators(answer: Detonated, say: Translator) -> Iterator[str]:
    found = indicators(answer)
    yield f"<h2>{_word(say, N_('Indicators'))} ({len(found):,})</h2>\n"
    if not found:
        yield f"<p>{_word(say, N_('no host was asked for and no program of its own was run'))}</p>\n"
        return
    heads = (N_("Kind"), N_("Value"), N_("Where"), N_("Who"))
    yield from _table(say, heads, [_indicator(one, say) for one in found])


def _indicator(one: Indicator, say: Translator) -> str:
    cells = (
        _word(say, KINDS[one.kind]),
        foreign(one.value),
        foreign(one.context) if one.context else "",
        foreign(one.who),
    )
    return _row(cells)


def _decoys(answer: Detonated, say: Translator) -> Iterator[str]:
    rows = [
        _row(
            (
                foreign(path),
                _word(say, ACTIONS[event.action]),
                foreign(event.target if event.action is Action.CANARY else ""),
                foreign(chain_text(ran.record, event.process)),
            ),
            "grave",
        )
        for ran in answer.ran
        for path, events in touched(ran.record)
        for event in _each_once(events)
    ]
    laid = len({path for ran in answer.ran for path in ran.record.decoys})
    yield f"<h2>{_word(say, N_('Decoys'))} ({len(rows):,})</h2>\n"
    if rows:
        yield from _table(say, (N_("Decoy"), N_("What was done"), N_("Sent to"), N_("Who")), rows)
    else:
        yield f"<p>{escape(say(N_('none of {n} was touched'), {'n': laid}))}</p>\n"


def _each_once(events: list[Event]) -> list[Event]:
    return list({(event.action, event.target, event.process): event for event in events}.values())


def _phase(ran: Ran, say: Translator) -> Iterator[str]:
    record = ran.record
    ended = say(N_("exit code {code}"), {"code": record.code}) if record.code is not None else say(N_("ended by time"))
    yield f"<article>\n<h1>{_word(say, PHASES[record.phase])}: {_title(ran, say)}</h1>\n"
    numbers = {"n": f"{record.calls:,}", "programs": f"{len(record.programs):,}", "events": f"{len(record.events):,}"}
    counts = say(N_("{n} system calls looked at, {programs} programs, {events} events"), numbers)
    yield f'<p class="soft">{escape(f"{ended} · {record.seconds:.1f} s · {counts}")}</p>\n'
    yield from _programs(record, say)
    yield from _network(record, say)
    yield from _events(record, say)
    if record.counted:
        listed = ", ".join(f"{foreign(folder)} {count:,}" for folder, count in record.counted[:60])
        yield f'<p class="soft">{_word(say, N_("Only counted"))}: {listed}</p>\n'
    if ran.output:
        yield f"<h2>{_word(say, N_('What it wrote'))}</h2>\n"
        yield f'<pre translate="no" dir="ltr"><bdi>{_output(ran.output)}</bdi></pre>\n'
    yield "</article>\n"


def _title(ran: Ran, say: Translator) -> str:
    if ran.title is not None:
        return escape(say.message(ran.title, safe))
    return foreign(" ".join(ran.command[1:] if ran.command[:1] == ("/usr/bin/env",) else ran.command))


def _programs(record: Record, say: Translator) -> Iterator[str]:
    bad = {event.process for event in record.events if event.action in GRAVE or event.target in record.decoys}
    rows = []
    for depth, index in tree(record):
        program = record.programs[index]
        kind = "grave" if index in bad else "own" if program.package else ""
        nest = f'<span class="nest">{"  " * min(depth, _DEEP)}</span>'
        told = foreign(" ".join(program.argv) or program.path)
        whose = foreign(f"{program.package} {program.script}".strip()) if program.package else ""
        end = record.seconds if program.end is None else program.end
        bar = _bar(program.at, end, record.seconds)
        rows.append(_row((nest + told, whose, f"{program.at:.2f}", f"{end - program.at:.2f}", bar), kind))
    yield f"<h2>{_word(say, N_('Programs'))} ({len(rows):,})</h2>\n"
    heads = (N_("Program"), N_("Package"), N_("Start, s"), N_("Lived, s"), N_("Time"))
    yield from _table(say, heads, rows)


def _network(record: Record, say: Translator) -> Iterator[str]:
    if not record.flows:
        return
    rows = [_flow(flow, record, say) for flow in record.flows]
    yield f"<h2>{_word(say, N_('Network'))} ({len(rows):,})</h2>\n"
    heads = (N_("At, s"), N_("Kind"), N_("Host"), N_("What"), N_("Bytes"), N_("Answer"), N_("Who"), N_("Time"))
    yield from _table(say, heads, rows)


def _flow(flow: Flow, record: Record, say: Translator) -> str:
    if flow.kind == "name":
        host, what = flow.host, DNS_KINDS.get(flow.name, flow.name)
    else:
        host = f"{flow.host}:{flow.port}" if flow.host else ""
        what = f"{flow.request.partition(' ')[0]} {url_of(flow)}" if flow.request else flow.name
    kind = "grave" if any(one.action is Action.CANARY and one.target == host for one in record.events) else ""
    cells = (
        f"{flow.at:.2f}", escape(flow.kind), foreign(host), foreign(what), f"{flow.sent:,}",
        _word(say, DECISIONS[flow.decision]), foreign(chain_text(record, flow.process)),
        _bar(flow.at, flow.end or flow.at, record.seconds),
    )  # fmt: skip
    return _row(cells, kind)


def _events(record: Record, say: Translator) -> Iterator[str]:
    shown = [event for event in record.events if event.action is not Action.EXEC and matters(event, record)]
    if not shown:
        return
    rows = []
    for event in shown[: _MOST + 1]:
        kind = "grave" if event.action in GRAVE or event.target in record.decoys else ""
        what = f"{event.target} ({event.detail})" if event.detail else event.target
        who = chain_text(record, event.process) + (f" ({event.near})" if event.near else "")
        rows.append(_row((f"{event.at:.2f}", _word(say, ACTIONS[event.action]), foreign(what), foreign(who)), kind))
    yield f"<h2>{_word(say, N_('Timeline'))} ({len(shown):,})</h2>\n"
    yield from _table(say, (N_("At, s"), N_("What was done"), N_("With"), N_("Who")), rows, len(shown))


def _table(say: Translator, heads: tuple[str, ...], rows: list[str], total: int | None = None) -> Iterator[str]:
    names = "".join(f"<th>{_word(say, head)}</th>" for head in heads)
    yield f'<div class="wide"><table>\n<tr>{names}</tr>\n{"".join(rows[:_MOST])}</table></div>\n'
    left = (len(rows) if total is None else total) - _MOST
    if left > 0:
        yield f'<p class="soft">{escape(say(N_("{n} further results are left out"), {"n": f"{left:,}"}))}</p>\n'


def _row(cells: tuple[str, ...], kind: str = "") -> str:
    open_tag = f'<tr class="{kind}">' if kind else "<tr>"
    return open_tag + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"


def _bar(start: float, end: float, whole: float) -> str:
    scale = 1000 / max(whole, 0.001)
    left = min(max(start * scale, 0), 997)
    width = min(max((end - start) * scale, 3), 1000 - left)
    return (
        '<svg class="life" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect x="{left:.0f}" y="0" width="{width:.0f}" height="10"/></svg>'
    )


def _output(text: str) -> str:
    lines = text[:4000].splitlines()
    return "\n".join(escape(safe(line, 200)) for line in lines[:60])


def _word(say: Translator, template: str) -> str:
    return escape(say(template))
