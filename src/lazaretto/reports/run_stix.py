"""A run as a STIX 2.1 bundle: a malware analysis with the processes, files and hosts that were observed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from lazaretto.intel.attack import table
from lazaretto.model.behaviour import Record
from lazaretto.model.detonated import Detonated
from lazaretto.model.verdict import Grade
from lazaretto.reports.context import Context
from lazaretto.reports.document import Json
from lazaretto.reports.exports.ids import stable
from lazaretto.reports.run_facts import Indicator, indicators
from lazaretto.reports.safe import plain

_RESULTS = {
    Grade.NOTHING_FOUND: "unknown", Grade.SUSPICIOUS: "suspicious", Grade.MALICIOUS: "malicious",
}  # fmt: skip
_MOST_PROGRAMS = 300
_PATTERNS = {
    "domain": "domain-name:value",
    "ip": "ipv4-addr:value",
    "url": "url:value",
    "sha256": "file:hashes.'SHA-256'",
}


def render(answer: Detonated, context: Context) -> str:
    """Render the bundle."""
    checked = answer.checked
    made = checked.verdict.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    base: Json = {"spec_version": "2.1", "created": made, "modified": made}
    identity = {
        "type": "identity", "id": f"identity--{stable('identity')}", **base, "name": "Lazaretto",
        "identity_class": "system",
    }  # fmt: skip
    author = {**base, "created_by_ref": identity["id"]}
    observed = [one for ran in answer.ran for one in _observed(ran.record)]
    found = indicators(answer)
    observed += [one for indicator in found for one in _observable(indicator)]
    observed = list({one["id"]: one for one in observed}.values())
    software = {
        "type": "software", "id": f"software--{stable('software', context.version)}", "spec_version": "2.1",
        "name": "Lazaretto", "version": context.version or "0",
    }  # fmt: skip
    analysis: Json = {
        "type": "malware-analysis", "id": f"malware-analysis--{stable('run', plain(checked.target), made)}", **author,
        "product": "lazaretto", "version": context.version or "0", "analysis_engine_version": context.version or "0",
        "result": _RESULTS[checked.verdict.grade], "result_name": plain(checked.target)[:200],
        "analysis_sco_refs": [one["id"] for one in observed] or [software["id"]],
    }  # fmt: skip
    times = [ran.record for ran in answer.ran if ran.record.began]
    if times:
        analysis["analysis_started"] = _time(times[0].began)
        analysis["analysis_ended"] = _time(times[-1].began + times[-1].seconds)
    patterns = [_indicator(one, author) for one in found] if checked.verdict.grade > Grade.NOTHING_FOUND else []
    objects = [identity, software, *observed, analysis, *patterns, *_techniques(answer, author)]
    bundle = {"type": "bundle", "id": f"bundle--{stable('bundle', plain(checked.target), made)}", "objects": objects}
    return json.dumps(bundle, ensure_ascii=context.ascii, indent=2) + "\n"


def _observed(record: Record) -> Iterator[Json]:
    known: dict[int, str] = {}
    made: dict[str, Json] = {}
    for index, program in enumerate(record.programs[:_MOST_PROGRAMS]):
        identity = f"process--{stable('process', str(record.began), record.phase.value, str(index))}"
        known[index] = identity
        file_id = f"file--{stable('file', plain(program.path), program.digest)}"
        file: Json = {"type": "file", "id": file_id, "spec_version": "2.1", "name": _name(program.path)}
        if program.digest:
            file["hashes"] = {"SHA-256": program.digest}
        made[file_id] = file
        process: Json = {
            "type": "process", "id": identity, "spec_version": "2.1", "pid": program.pid, "image_ref": file_id,
            "command_line": plain(" ".join(program.argv))[:4000],
        }  # fmt: skip
        if record.began:
            process["created_time"] = _time(record.began + program.at)
        if program.cwd.startswith("/"):
            process["cwd"] = plain(program.cwd)
        if program.parent in known:
            process["parent_ref"] = known[program.parent]
        made[identity] = process
    yield from made.values()


def _observable(one: Indicator) -> Iterator[Json]:
    value = plain(one.value)
    if one.kind == "domain":
        yield {
            "type": "domain-name",
            "id": f"domain-name--{stable('domain', value)}",
            "spec_version": "2.1",
            "value": value,
        }
    elif one.kind == "ip":
        kind = "ipv6-addr" if ":" in value else "ipv4-addr"
        yield {"type": kind, "id": f"{kind}--{stable('ip', value)}", "spec_version": "2.1", "value": value}
    elif one.kind == "url":
        yield {"type": "url", "id": f"url--{stable('url', value)}", "spec_version": "2.1", "value": value}


def _indicator(one: Indicator, author: Json) -> Json:
    left = "ipv6-addr:value" if one.kind == "ip" and ":" in one.value else _PATTERNS[one.kind]
    value = plain(one.value).replace("\\", "\\\\").replace("'", "\\'")
    return {
        "type": "indicator", "id": f"indicator--{stable('run', one.kind, plain(one.value))}", **author,
        "pattern": f"[{left} = '{value}']", "pattern_type": "stix", "valid_from": author["created"],
        "indicator_types": ["anomalous-activity"], "description": plain(one.who)[:1000],
    }  # fmt: skip


def _techniques(answer: Detonated, author: Json) -> Iterator[Json]:
    told = sorted({name for finding in answer.checked.examination.findings for name in finding.techniques})
    seen: set[str] = set()
    for technique in told:
        current = table().current(technique)
        if current is None or current.id in seen:
            continue
        seen.add(current.id)
        yield {
            "type": "attack-pattern", "id": f"attack-pattern--{stable('technique', current.id)}", **author,
            "name": table().full_name(current.id),
            "external_references": [{"source_name": "mitre-attack", "external_id": current.id}],
        }  # fmt: skip


def _name(path: str) -> str:
    path = plain(path)
    return path.rpartition("/")[2] or path or "?"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
