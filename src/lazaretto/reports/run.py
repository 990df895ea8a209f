"""The report of a run for people: for each phase the programs, then what they tried by time; then the verdict."""

import shlex
from collections.abc import Iterator

from lazaretto.model.behaviour import Action, Event, Record
from lazaretto.model.detonated import Detonated, Ran
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.lines import BOLD, DIM, RED, paint
from lazaretto.reports.run_document import render as as_json
from lazaretto.reports.run_facts import chain_text
from lazaretto.reports.run_words import ACTIONS, GRAVE, matters, tree
from lazaretto.reports.safe import defang, safe, shorten
from lazaretto.reports.text import each
from lazaretto.reports.words import PHASES

__all__ = ["as_json", "as_text"]

_PROGRAMS, _EVENTS = 40, 40
_DEEP = 12


def as_text(answer: Detonated, context: Context) -> str:
    """Render for people."""
    if context.quiet:
        return each(answer.checked, context)
    lines = [line for ran in answer.ran for line in _phase(ran, context)]
    return "".join(f"{line}\n" for line in lines) + each(answer.checked, context)


def _phase(ran: Ran, context: Context) -> Iterator[str]:
    say, record = context.translate, ran.record
    shown = ran.command[1:] if ran.command[:1] == ("/usr/bin/env",) else ran.command
    told = say.message(ran.title, safe) if ran.title is not None else safe(shlex.join(shown))
    command = shorten(told, context.width - 24)
    ended = say(N_("exit code {code}"), {"code": record.code}) if record.code is not None else say(N_("ended by time"))
    head = f"{say(PHASES[record.phase])}: {command}"
    yield paint(head, BOLD, on=context.colour) + paint(f"  {ended} · {record.seconds:.1f} s", DIM, on=context.colour)
    everything = context.show_all
    programs = list(tree(record))
    for depth, index in programs if everything else programs[:_PROGRAMS]:
        program = record.programs[index]
        of = f"[{program.package} {program.script}] " if program.package else ""
        words = shorten(safe(of + " ".join(program.argv)), context.width - 12 - 2 * min(depth, _DEEP))
        yield f"  {program.at:6.2f}  {'  ' * min(depth, _DEEP)}{words}"
    if len(programs) > _PROGRAMS and not everything:
        yield "  " + say(N_("{n} more programs (--all shows them)"), {"n": len(programs) - _PROGRAMS})
    events = [event for event in record.events if event.action is not Action.EXEC]
    if not everything:
        events = [event for event in events if matters(event, record)]
        events = _first(events, record)
    for event in events:
        yield from _event(event, record, context)
    left = sum(event.action is not Action.EXEC for event in record.events) - len(events)
    if left and not everything:
        yield "  " + say(N_("{n} more events (--all shows them)"), {"n": left})
    yield ""


def _first(events: list[Event], record: Record) -> list[Event]:
    """Return the grave ones, and as many others as there is room for, by time."""
    grave = [event for event in events if event.action in GRAVE or event.target in record.decoys][:_EVENTS]
    others = [event for event in events if event not in grave][: max(0, _EVENTS - len(grave))]
    return sorted((*grave, *others), key=lambda event: event.at)


def _event(event: Event, record: Record, context: Context) -> Iterator[str]:
    say = context.translate
    target = defang(safe(event.target))
    detail = safe(event.detail) if event.action not in (Action.CONNECT, Action.RESOLVE) else ""
    words = " ".join(filter(None, [say(ACTIONS[event.action]), target, detail]))
    grave = event.action in GRAVE or event.target in record.decoys
    yield paint(f"  {event.at:6.2f}  {shorten(words, context.width - 12)}", RED, on=context.colour and grave)
    if event.process >= 0 and (event.package or event.near or grave):
        who = chain_text(record, event.process) + (f" ({event.near})" if event.near else "")
        yield paint(f"          <- {shorten(defang(safe(who)), context.width - 16)}", DIM, on=context.colour)
