"""A run as OCSF 1.3 events, one JSON document a line, in the order of their time; the verdict is the last one.

    exec, end           Process Activity            1007  launch 1, terminate 2
    files               File System Activity        1001  create 1, read 2, update 3, delete 4, rename 5
    connect, request    Network / HTTP Activity     4001 / 4002
    names               DNS Activity                4003  query 1
    the rest            Process Activity            1007  other 99
    findings, verdict   Detection Finding           2004  create 1

Only what is known is written; `unmapped` holds package, script and what else OCSF has no word for.
"""

from collections.abc import Iterator

from lazaretto.intel.attack import table
from lazaretto.model.behaviour import Action, Event, Flow, Program, Record
from lazaretto.model.detonated import Detonated, Ran
from lazaretto.model.finding import Severity
from lazaretto.reports.context import Context
from lazaretto.reports.document import Json, encode
from lazaretto.reports.groups import fingerprints
from lazaretto.reports.run_facts import DNS_KINDS, chain_text, is_made_up, url_of
from lazaretto.reports.safe import plain

_VERSION = "1.3.0"
_FILE, _PROCESS, _FINDING, _NETWORK, _HTTP, _DNS = 1001, 1007, 2004, 4001, 4002, 4003
_CATEGORY = {_FILE: 1, _PROCESS: 1, _FINDING: 2, _NETWORK: 4, _HTTP: 4, _DNS: 4}
_OTHER = 99
_SEVERITY = {
    Severity.LOW: 2, Severity.MEDIUM: 3, Severity.HIGH: 4, Severity.CRITICAL: 5,
}  # fmt: skip


def render(answer: Detonated, context: Context) -> str:
    """Render all events."""
    lines = [line for ran in answer.ran for line in _phase(ran, context)]
    checked = answer.checked
    lines += _findings(answer, context)
    at = int(checked.verdict.at.timestamp() * 1000)
    verdict = _base(_FINDING, 1, at, context, severity=_SEVERITY[checked.verdict.band])
    verdict["finding_info"] = {
        "uid": plain(checked.target), "title": f"lazaretto run: {checked.verdict.grade.word}",
        "analytic": {"uid": "lazaretto", "name": "lazaretto", "type_id": 1, "type": "Rule"},
    }  # fmt: skip
    verdict["status_id"] = 1
    verdict["unmapped"] = {"grade": checked.verdict.grade.word, "complete": checked.verdict.complete}
    lines.append(verdict)
    return "".join(encode(line, context) for line in lines)


def _findings(answer: Detonated, context: Context) -> Iterator[Json]:
    examination = answer.checked.examination
    at = int(answer.checked.verdict.at.timestamp() * 1000)
    for finding, print_ in zip(examination.findings, fingerprints(examination.findings), strict=True):
        line = _base(_FINDING, 1, at, context, severity=_SEVERITY[finding.severity])
        line["finding_info"] = {
            "uid": print_, "title": plain(context.translate.message(finding.message)),
            "analytic": {"uid": finding.rule, "name": finding.rule, "type_id": 1, "type": "Rule"},
            "attacks": [_technique(one) for one in finding.techniques],
        }  # fmt: skip
        line["status_id"] = 1
        line["resources"] = [{"type": "file", "name": plain(place.path)} for place in finding.locations[:20]]
        yield line


def _technique(name: str) -> Json:
    current = table().current(name)
    told = table().full_name(current.id) if current is not None else name
    return {"version": "ATT&CK", "technique": {"uid": name, "name": told}}


def _phase(ran: Ran, context: Context) -> Iterator[Json]:
    record = ran.record
    rows: list[tuple[float, Json]] = []
    for index, program in enumerate(record.programs):
        rows.append((program.at, _launch(record, index, program, context)))
        if program.end is not None:
            line = _base(_PROCESS, 2, _at(record, program.end), context)
            rows.append((program.end, {**line, "process": _process(program), **_actor(record, program.parent)}))
    for event in record.events:
        told = _event(record, event, context)
        if told is not None:
            rows.append((event.at, told))
    rows += [(flow.at, _flow(record, flow, context)) for flow in record.flows]
    for _, line in sorted(rows, key=lambda row: row[0]):
        line["metadata"]["labels"] = [f"phase:{record.phase.value}"]
        yield line


def _launch(record: Record, index: int, program: Program, context: Context) -> Json:
    line = _base(_PROCESS, 1, _at(record, program.at), context)
    line["process"] = _process(program)
    line |= _actor(record, program.parent)
    line["unmapped"] = _without_empty(
        {
            "package": plain(program.package), "script": plain(program.script), "how": plain(program.how),
            "chain": plain(chain_text(record, index)), "cwd": plain(program.cwd),
        }
    )  # fmt: skip
    return line


def _event(record: Record, event: Event, context: Context) -> Json | None:
    if event.action in (Action.EXEC, Action.RESOLVE, Action.REQUEST):
        return None  # told as a launch or as a flow
    at, grave = _at(record, event.at), event.target in record.decoys or event.action is Action.CANARY
    severity = 5 if event.action is Action.CANARY else 4 if grave else 1
    if event.action in (Action.READ, Action.WRITE, Action.DELETE):
        activity = {Action.READ: 2, Action.WRITE: 3, Action.DELETE: 4}[event.action]
        renamed = event.detail.startswith("rename ")
        line = _base(_FILE, 5 if renamed else activity, at, context, severity=severity)
        path = event.detail.removeprefix("rename ") if renamed else event.target
        line["file"] = _file(path)
        if renamed:
            line["file_result"] = _file(event.target)
        line["unmapped"] = _without_empty({"decoy": grave, "detail": "" if renamed else plain(event.detail)})
    elif event.action is Action.CONNECT:
        line = _base(_NETWORK, 1, at, context, severity=severity)
        line["dst_endpoint"] = _endpoint(event.target)
    else:
        line = _base(_PROCESS, _OTHER, at, context, severity=severity)
        line["activity_name"] = event.action.value
        line["unmapped"] = {"target": plain(event.target), "detail": plain(event.detail)}
    line |= _actor(record, event.process)
    if event.package:
        line.setdefault("unmapped", {})["package"] = plain(event.package)
    return line


def _flow(record: Record, flow: Flow, context: Context) -> Json:
    at = _at(record, flow.at)
    if flow.kind == "name":
        line = _base(_DNS, 1, at, context)
        line["query"] = {"hostname": plain(flow.host), "type": DNS_KINDS.get(flow.name, flow.name), "class": "IN"}
        return line | _actor(record, flow.process)
    line = _base(_HTTP if flow.request else _NETWORK, _method(flow), at, context)
    endpoint = _without_empty(
        {
            "hostname": plain(flow.host) if flow.host != flow.address else "", "port": flow.port,
            "ip": "" if is_made_up(flow.address) else plain(flow.address),
        }
    )  # fmt: skip
    line["dst_endpoint"] = endpoint
    line["traffic"] = {"bytes_out": flow.sent}
    if flow.request:
        headers = [{"name": plain(name), "value": plain(value)} for name, value in flow.headers]
        method = plain(flow.request.partition(" ")[0])
        line["http_request"] = {
            "http_method": method,
            "url": {"url_string": plain(url_of(flow))},
            "http_headers": headers,
        }
        line["http_response"] = {"code": 200 if flow.answer.startswith(b"HTTP/1.1 200") else 0}
    if flow.name or flow.ja3:
        line["tls"] = _without_empty(
            {"sni": plain(flow.name), "ja3_hash": {"algorithm_id": 1, "algorithm": "MD5", "value": flow.ja3}}
        )
    line["unmapped"] = {"decision": flow.decision}
    return line | _actor(record, flow.process)


def _method(flow: Flow) -> int:
    if not flow.request:
        return 6  # traffic
    methods = {"CONNECT": 1, "DELETE": 2, "GET": 3, "HEAD": 4, "OPTIONS": 5, "POST": 6, "PUT": 7, "TRACE": 8}
    return methods.get(flow.request.partition(" ")[0], _OTHER)


def _base(kind: int, activity: int, at: int, context: Context, *, severity: int = 1) -> Json:
    return {
        "class_uid": kind, "category_uid": _CATEGORY[kind], "activity_id": activity, "type_uid": kind * 100 + activity,
        "time": at, "severity_id": severity,
        "metadata": {
            "version": _VERSION,
            "product": {"name": "Lazaretto", "vendor_name": "Lazaretto", "version": context.version},
        },
    }  # fmt: skip


def _actor(record: Record, index: int) -> Json:
    return (
        {"actor": {"process": _process(record.programs[index])}} if 0 <= index < len(record.programs) else {"actor": {}}
    )


def _process(program: Program) -> Json:
    file = _file(program.path)
    if program.digest:
        file["hashes"] = [{"algorithm_id": 3, "algorithm": "SHA-256", "value": program.digest}]
    return {"pid": program.pid, "name": file["name"], "cmd_line": plain(" ".join(program.argv)), "file": file}


def _file(path: str) -> Json:
    path = plain(path)
    return {"name": path.rpartition("/")[2] or path, "path": path, "type_id": 1}


def _endpoint(target: str) -> Json:
    host, _, port = target.rpartition(":")
    if target.startswith("unix:") or not port.isdigit():
        return {"name": plain(target)}
    named = (
        {"hostname": plain(host)}
        if not host.strip("[]").replace(".", "").replace(":", "").isalnum()
        else {"ip": host.strip("[]")}
    )
    return {**named, "port": int(port)}


def _at(record: Record, seconds: float) -> int:
    return int((record.began + seconds) * 1000)


def _without_empty(values: Json) -> Json:
    return {name: value for name, value in values.items() if value not in ("", None, (), [])}
