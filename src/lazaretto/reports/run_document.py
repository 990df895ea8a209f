"""A run's whole record as a JSON document, for programs.

There may be hundreds of thousands of events: their empty fields are left out, and a flow's data is its begin only.
"""

import base64

from lazaretto.model.behaviour import Event, Flow, Program
from lazaretto.model.detonated import Detonated, Ran
from lazaretto.reports.context import Context
from lazaretto.reports.document import Json, encode, gap_document, report
from lazaretto.reports.run_facts import indicators
from lazaretto.reports.safe import plain

SCHEMA = "lazaretto/run-1"
_MOST_DATA = 4096
_READABLE = 2000
"""Events up to which the document is written with a line for each value."""


def render(answer: Detonated, context: Context) -> str:
    """Render the report of the examination, and every phase's whole record."""
    document: Json = {
        "schema": SCHEMA,
        "report": report(answer.checked, context),
        "indicators": [
            {"kind": one.kind, "value": plain(one.value), "context": plain(one.context), "who": plain(one.who)}
            for one in indicators(answer)
        ],
        "phases": [_phase(ran, context) for ran in answer.ran],
    }
    small = sum(len(ran.record.events) for ran in answer.ran) < _READABLE
    return encode(document, context, indent=2 if small else None)


def _phase(ran: Ran, context: Context) -> Json:
    record = ran.record
    return {
        "phase": record.phase.value,
        "title": plain(ran.title.english()) if ran.title is not None else "",
        "command": [plain(word) for word in ran.command],
        "exit_code": record.code,
        "began": record.began,
        "seconds": round(record.seconds, 3),
        "calls": record.calls,
        "counted": {plain(folder): count for folder, count in record.counted},
        "decoys": sorted(record.decoys),
        "gaps": [gap_document(gap, context) for gap in record.gaps],
        "programs": [_program(program) for program in record.programs],
        "events": [_event(event) for event in record.events],
        "flows": [_flow(flow) for flow in record.flows],
        "output": plain(ran.output),
    }


def _program(program: Program) -> Json:
    found: Json = {
        "pid": program.pid,
        "parent": program.parent,
        "path": plain(program.path),
        "argv": [plain(word) for word in program.argv],
        "cwd": plain(program.cwd),
        "at": round(program.at, 6),
        "end": None if program.end is None else round(program.end, 6),
        "sha256": program.digest,
        "package": plain(program.package),
        "script": plain(program.script),
        "how": plain(program.how),
    }
    if program.added:
        found["environment"] = {plain(name): plain(value) for name, value in program.added}
    if program.removed:
        found["environment_removed"] = [plain(name) for name in program.removed]
    return found


def _event(event: Event) -> Json:
    found: Json = {
        "at": round(event.at, 6),
        "action": event.action.value,
        "program": event.process,
        "target": plain(event.target),
    }
    for name, value in (("detail", event.detail), ("package", event.package), ("near", event.near)):
        if value:
            found[name] = plain(value)
    return found


def _flow(flow: Flow) -> Json:
    return {
        "at": round(flow.at, 6),
        "end": None if flow.end is None else round(flow.end, 6),
        "kind": flow.kind,
        "host": plain(flow.host),
        "port": flow.port,
        "address": plain(flow.address),
        "program": flow.process,
        "name": plain(flow.name),
        "ja3": flow.ja3,
        "request": plain(flow.request),
        "headers": [[plain(name), plain(value)] for name, value in flow.headers],
        "sent": flow.sent,
        "data": base64.b64encode(flow.data[:_MOST_DATA]).decode(),
        "decision": flow.decision,
    }
