"""What `watch` says: an alert as lines for people, as JSON, and as an OCSF 1.3 Detection Finding. Pure.

Names of programs, files and hosts are other people's words: in text they are escaped and defanged, in JSON they are as
they were, made fit for every JSON reader.
"""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from lazaretto.model.finding import Gap, Severity
from lazaretto.model.host import Alert, Lost
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.lines import DIM, RED, YELLOW, paint, wrap
from lazaretto.reports.safe import plain, safe

Json = dict[str, Any]
_COLOURS = {Severity.CRITICAL: RED, Severity.HIGH: RED, Severity.MEDIUM: YELLOW, Severity.LOW: DIM}
_CHAIN = 10
_OCSF_SEVERITY = {Severity.LOW: 2, Severity.MEDIUM: 3, Severity.HIGH: 4, Severity.CRITICAL: 5}


def stamp(at: float) -> str:
    """Return a time as RFC 3339 in UTC, with milliseconds."""
    bounded = min(max(at, 0.0), 4e9)
    return datetime.fromtimestamp(bounded, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sentence(alert: Alert, context: Context) -> str:
    """Return what happened in one line, translated and escaped."""
    message = alert.finding.message
    return context.translate.message(message, safe)


def lines(alert: Alert, context: Context) -> Iterator[str]:
    """Yield an alert for people."""
    say = context.translate
    severity = alert.finding.severity
    clock = datetime.fromtimestamp(min(max(alert.at, 0.0), 4e9), UTC).astimezone().strftime("%H:%M:%S")
    head = f"{clock}  {severity.name:<8}  {alert.finding.rule}"
    yield paint(head, _COLOURS[severity], on=context.colour) + f"  {alert.id[:8]}"
    yield from wrap(sentence(alert, context), context.width, "    ", "    ")
    about = [
        (N_("package"), " ".join(filter(None, (safe(alert.package), safe(alert.script))))),
        (N_("phase"), " ".join(filter(None, (alert.phase, f"({alert.tool})" if alert.tool else "")))),
        (N_("in"), safe(alert.repository)),
        (N_("programs"), chain(alert)),
        (N_("about"), ", ".join(safe(one, 120) for one in alert.targets)),
    ]
    for name, text in about:
        if text:
            yield from wrap(text, context.width, "      ", f"    {say(name)}: ")


def chain(alert: Alert) -> str:
    """Say the programs, the first one first, each with its process."""
    shown = alert.chain[-_CHAIN:]
    names = [f"{safe(posixpath.basename(step.path) or '?', 60)}({step.pid})" for step in shown]
    return " -> ".join(names)


def document(alert: Alert) -> Json:
    """Return an alert as JSON; keys and ids stay English."""
    finding = alert.finding
    return {
        "type": "alert",
        "id": alert.id,
        "at": stamp(alert.at),
        "told": stamp(alert.told),
        "latency_ms": round(max(0.0, alert.told - alert.at) * 1000, 1),
        "rule": finding.rule,
        "severity": finding.severity.name,
        "confidence": finding.confidence.name,
        "message": plain(finding.message.english()),
        "techniques": list(finding.techniques),
        "excerpt": plain(finding.excerpt),
        "tool": alert.tool,
        "phase": alert.phase,
        "package": plain(alert.package),
        "script": plain(alert.script),
        "known_by": alert.how,
        "repository": plain(alert.repository),
        "tree": alert.tree,
        "chain": [
            {
                "pid": step.pid,
                "started": step.started,
                "path": plain(step.path),
                "argv": [plain(word) for word in step.argv],
            }
            for step in alert.chain
        ],
        "targets": [plain(one) for one in alert.targets],
        "count": alert.count,
    }


def ocsf(alert: Mapping[str, Any], version: str) -> Json:
    """Return the JSON of an alert as an OCSF Detection Finding (class 2004)."""
    chain_ = alert["chain"]
    severity = Severity[alert["severity"]]
    doer = chain_[-1] if chain_ else None
    made: Json = {
        "activity_id": 1,
        "category_uid": 2,
        "class_uid": 2004,
        "type_uid": 200401,
        "time": _millis(alert["at"]),
        "severity_id": _OCSF_SEVERITY[severity],
        "status_id": 1,
        "confidence_id": {"LOW": 1, "MEDIUM": 2, "HIGH": 3}[alert["confidence"]],
        "message": alert["message"],
        "metadata": {
            "version": "1.3.0",
            "product": {"name": "Lazaretto", "vendor_name": "Lazaretto", "version": version},
        },
        "finding_info": {
            "uid": alert["id"],
            "title": alert["rule"],
            "desc": alert["message"],
            "created_time": _millis(alert["told"]),
            "analytic": {"uid": alert["rule"], "type_id": 1},
            "attacks": [{"technique": {"uid": one}} for one in alert["techniques"]],
        },
        "evidences": [{"process": _process(chain_)}] if doer else [],
        "unmapped": {
            name: alert[name] for name in ("package", "script", "phase", "repository", "tool", "tree", "targets")
        },
    }
    return made


def _process(chain_: Sequence[Mapping[str, Any]]) -> Json:
    made: Json = {}
    for step in chain_[-8:]:
        one: Json = {
            "pid": step["pid"],
            "cmd_line": " ".join(step["argv"]),
            "file": {"path": step["path"], "type_id": 1, "name": posixpath.basename(step["path"])},
        }
        if made:
            one["parent_process"] = made
        made = one
    return made


def _millis(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def last_line(tally: "Counts", context: Context) -> Iterator[str]:
    """Yield what was seen in all, and what was not."""
    say = context.translate
    seen = sum(tally.events.get(kind, 0) for kind in ("fork", "exec", "exit", "read", "write", "connect", "decoy"))
    told = {"alerts": tally.alerts, "events": seen, "seconds": round(tally.seconds, 1), "cpu": round(tally.cpu, 2)}
    yield say(N_("{alerts} alerts; {events} events in {seconds} s, {cpu} s of processor time"), told)
    if tally.lost:
        for lost in tally.lost:
            yield say(
                N_("not seen: {count} ({sensor}, {why})"),
                {"count": lost.count, "sensor": safe(lost.sensor), "why": safe(lost.why)},
            )
    else:
        yield say(N_("no event was lost"))
    for gap in tally.gaps:
        yield say(
            N_("not examined: {subject}: {reason}"),
            {"subject": safe(gap.subject), "reason": say.message(gap.reason, safe)},
        )


class Counts(Protocol):
    """What `last_line` prints (`app.watch.Tally`)."""

    events: dict[str, int]
    lost: list[Lost]
    alerts: int
    gaps: list[Gap]
    seconds: float
    cpu: float
