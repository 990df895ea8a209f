"""The gate's decisions for other programs: JSON lines, OpenTelemetry logs (OTLP/JSON), syslog (RFC 5424).

Texts of decisions come partly from clients and registries. JSON escapes them; in syslog control characters become
spaces, and the three characters that structured data reserves are escaped (RFC 5424, section 6.3.3).

    JSON lines   one object a decision; empty facts are left out
    OTLP         ExportLogsServiceRequest, https://opentelemetry.io/docs/specs/otlp/; int64 are strings
    syslog       <PRI>1 TIME HOST lazaretto-gate - OUTCOME [decision@32473 ...] sentence (UTF-8)
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lazaretto.model.gate import Decided
from lazaretto.model.verdict import Outcome
from lazaretto.reports.i18n import Translator
from lazaretto.reports.safe import clean, plain

SCHEMA = "lazaretto/gate-decision-1"
ENTERPRISE = 32473
"""The enterprise number that RFC 5612 sets aside for documentation: there is none of our own."""
LOCAL0 = 16
"""Syslog facility for local use."""
_SYSLOG_SEVERITY = {Outcome.ALLOW: 6, Outcome.QUARANTINE: 5, Outcome.BLOCK: 4}
"""Informational, notice, warning (RFC 5424, table 2)."""
_OTLP_SEVERITY = {Outcome.ALLOW: (9, "INFO"), Outcome.QUARANTINE: (10, "INFO2"), Outcome.BLOCK: (13, "WARN")}
"""https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber"""
_ENGLISH = Translator()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def facts(decided: Decided, translate: Translator = _ENGLISH) -> dict[str, str | int | list[str]]:
    """Return what a decision says, as JSON values; empty facts are left out. Times are RFC 3339, UTC."""
    found: dict[str, str | int | list[str]] = {
        "at": _time(decided.at),
        "request": plain(decided.request),
        "case": plain(decided.case),
        "client": plain(decided.client),
        "team": plain(decided.team),
        "kind": plain(decided.kind),
        "purl": plain(decided.purl),
        "filename": plain(decided.filename),
        "digest": plain(decided.digest),
        "outcome": decided.outcome.name.lower(),
        "would": decided.would.name.lower() if decided.would != decided.outcome else "",
        "clause": plain(decided.clause),
        "message": plain(translate.message(decided.message)) if decided.message else "",
        "until": _time(decided.until) if decided.until else "",
        "epoch": decided.epoch,
        "warnings": [plain(translate.message(one)) for one in decided.warnings],
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


def json_line(decided: Decided, translate: Translator = _ENGLISH) -> str:
    """Return a decision as one line of JSON, ASCII only, without a line break."""
    return json.dumps({"schema": SCHEMA, **facts(decided, translate)}, separators=(",", ":"))


def otlp(batch: Sequence[Decided], resource: Mapping[str, str], observed: datetime, version: str) -> str:
    """Return decisions as the body of a request to an OpenTelemetry collector (`/v1/logs`).

    `resource`: attributes of this gate, such as `service.name` and `host.name`; `version`: of this program.
    """
    scope = {"name": "lazaretto.gate", "version": version}
    logs = {"scope": scope, "logRecords": [_record(one, observed) for one in batch]}
    return json.dumps(
        {"resourceLogs": [{"resource": {"attributes": _attributes(resource)}, "scopeLogs": [logs]}]},
        separators=(",", ":"),
    )


def _record(decided: Decided, observed: datetime) -> dict[str, object]:
    number, word = _OTLP_SEVERITY[decided.outcome]
    told = {f"lazaretto.{name}": value for name, value in facts(decided).items() if name not in ("at", "message")}
    return {
        "timeUnixNano": _nanoseconds(decided.at),
        "observedTimeUnixNano": _nanoseconds(observed),
        "severityNumber": number,
        "severityText": word,
        "eventName": "lazaretto.gate.decision",
        "body": {"stringValue": sentence(decided)},
        "attributes": _attributes(told),
    }


def _attributes(facts: Mapping[str, str | int | list[str]]) -> list[dict[str, object]]:
    return [{"key": name, "value": _value(value)} for name, value in facts.items()]


def _value(value: str | int | list[str]) -> dict[str, object]:
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(one) for one in value]}}
    return {"stringValue": plain(value)}


def syslog(decided: Decided, hostname: str, *, facility: int = LOCAL0, process: int = 0) -> str:
    """Return a decision as one syslog message, without a line break; how it is framed is the transport's business."""
    priority = facility * 8 + _SYSLOG_SEVERITY[decided.outcome]
    told = {name: value for name, value in facts(decided).items() if name not in ("at", "message", "warnings")}
    data = " ".join(f'{name}="{_parameter(str(value))}"' for name, value in told.items())
    head = f"<{priority}>1 {_time(decided.at)} {_ascii(hostname, 255)} lazaretto-gate {process or '-'}"
    return f"{head} {_ascii(decided.outcome.name.lower(), 32)} [decision@{ENTERPRISE} {data}] {sentence(decided)}"


def sentence(decided: Decided) -> str:
    """Return a decision as one English line for people."""
    words = {Outcome.ALLOW: "allowed", Outcome.QUARANTINE: "quarantined", Outcome.BLOCK: "blocked"}
    subject = decided.purl or decided.filename or decided.request
    reason = f" ({decided.clause}): {_ENGLISH.message(decided.message)}" if decided.message else ""
    return clean(f"{words[decided.outcome]} {subject}{reason}")[:2000]


def _time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def _nanoseconds(when: datetime) -> str:
    return str((when - _EPOCH) // timedelta(microseconds=1) * 1000)


def _parameter(text: str) -> str:
    return clean(text).replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


def _ascii(text: str, limit: int) -> str:
    """Return a header field: visible ASCII; `-` when nothing is left."""
    return "".join(char for char in text if "!" <= char <= "~")[:limit] or "-"
