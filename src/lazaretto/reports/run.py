"""The report of a run: for each phase the programs, what they tried and whom they spoke with; then the verdict."""

import shlex
from collections.abc import Iterator

from lazaretto.model.behaviour import Action, Event, Record
from lazaretto.model.detonated import Detonated, Ran
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.document import Json, encode, report
from lazaretto.reports.lines import BOLD, DIM, RED, paint
from lazaretto.reports.safe import defang, plain, safe, shorten
from lazaretto.reports.text import each
from lazaretto.reports.words import PHASES

SCHEMA = "lazaretto/run-1"
_PROGRAMS, _EVENTS = 40, 40
_WORDS = {
    Action.READ: N_("read"),
    Action.WRITE: N_("wrote"),
    Action.DELETE: N_("deleted"),
    Action.CONNECT: N_("connected"),
    Action.RESOLVE: N_("asked for the name"),
    Action.REQUEST: N_("sent"),
    Action.MEMORY_FILE: N_("file in memory"),
    Action.FORBIDDEN: N_("was refused"),
    Action.CANARY: N_("sent a decoy"),
}
_TOLD_ALWAYS = frozenset({Action.CANARY, Action.FORBIDDEN, Action.MEMORY_FILE})


def as_text(answer: Detonated, context: Context) -> str:
    """Render for people."""
    if context.quiet:
        return each(answer.checked, context)
    lines = [line for ran in answer.ran for line in _phase(ran, context)]
    return "".join(f"{line}\n" for line in lines) + each(answer.checked, context)


def as_json(answer: Detonated, context: Context) -> str:
    """Render for programs: the report of the examination, and every phase's whole record."""
    phases = [_document(ran) for ran in answer.ran]
    document: Json = {"schema": SCHEMA, "report": report(answer.checked, context), "phases": phases}
    return encode(document, context, indent=2)


def _phase(ran: Ran, context: Context) -> Iterator[str]:
    say, record = context.translate, ran.record
    shown = ran.command[1:] if ran.command[:1] == ("/usr/bin/env",) else ran.command
    told = say.message(ran.title, safe) if ran.title is not None else safe(shlex.join(shown))
    command = shorten(told, context.width - 24)
    ended = say(N_("exit code {code}"), {"code": record.code}) if record.code is not None else say(N_("ended by time"))
    head = f"{say(PHASES[record.phase])}: {command}"
    yield paint(head, BOLD, on=context.colour) + paint(f"  {ended} · {record.seconds:.1f} s", DIM, on=context.colour)
    everything = context.show_all
    programs = list(_tree(record))
    for depth, index in programs if everything else programs[:_PROGRAMS]:
        program = record.programs[index]
        of = f"[{program.package} {program.script}] " if program.package else ""
        words = shorten(safe(of + " ".join(program.argv)), context.width - 12 - 2 * min(depth, 12))
        yield f"  {program.at:6.2f}  {'  ' * min(depth, 12)}{words}"
    if len(programs) > _PROGRAMS and not everything:
        yield "  " + say(N_("{n} more programs (--all shows them)"), {"n": len(programs) - _PROGRAMS})
    events = [event for event in record.events if everything or _matters(event, record)]
    events = [event for event in events if event.action is not Action.EXEC]
    for event in events if everything else events[:_EVENTS]:
        yield _event(event, record, context)
    if len(events) > _EVENTS and not everything:
        yield "  " + say(N_("{n} more events (--all shows them)"), {"n": len(events) - _EVENTS})
    yield ""


def _tree(record: Record) -> Iterator[tuple[int, int]]:
    """Yield depth and index of every program, each below the one that started it."""
    below: dict[int, list[int]] = {}
    for index, program in enumerate(record.programs):
        below.setdefault(program.parent, []).append(index)
    stack = [(0, index) for index in reversed(below.get(-1, []))]
    while stack:
        depth, index = stack.pop()
        yield depth, index
        stack += [(depth + 1, child) for child in reversed(below.get(index, []))]


def _matters(event: Event, record: Record) -> bool:
    if event.action in _TOLD_ALWAYS or event.target in record.decoys:
        return True
    if event.action in (Action.REQUEST, Action.RESOLVE):
        return event.detail != "28"
    return event.action is Action.WRITE and not event.target.startswith(
        (f"{record.home}/.npm/", f"{record.home}/.cache/")
    )


def _event(event: Event, record: Record, context: Context) -> str:
    who = record.programs[event.process].argv[:1] if event.process >= 0 else ()
    target = defang(safe(event.target))
    detail = safe(event.detail) if event.action in (Action.REQUEST, Action.CANARY) else ""
    words = [context.translate(_WORDS[event.action]), target, detail, *(f"<- {safe(name)}" for name in who)]
    line = f"  {event.at:6.2f}  " + shorten(" ".join(filter(None, words)), context.width - 12)
    grave = event.action in _TOLD_ALWAYS or event.target in record.decoys
    return paint(line, RED, on=context.colour and grave)


def _document(ran: Ran) -> Json:
    record = ran.record
    return {
        "phase": record.phase.value,
        "title": plain(ran.title.english()) if ran.title is not None else "",
        "command": [plain(word) for word in ran.command],
        "exit_code": record.code,
        "seconds": round(record.seconds, 3),
        "calls": record.calls,
        "decoys": sorted(record.decoys),
        "programs": [
            {
                "parent": program.parent,
                "path": plain(program.path),
                "argv": [plain(word) for word in program.argv],
                "cwd": plain(program.cwd),
                "at": round(program.at, 6),
                "package": plain(program.package),
                "script": plain(program.script),
            }
            for program in record.programs
        ],
        "events": [
            {
                "at": round(event.at, 6),
                "sensor": event.sensor,
                "action": event.action.value,
                "program": event.process,
                "target": plain(event.target),
                "detail": plain(event.detail),
                "package": plain(event.package),
            }
            for event in record.events
        ],
        "output": plain(ran.output),
    }
