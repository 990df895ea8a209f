"""The report as a JSON document, for programs: `json` (one document) and `jsonl` (one compact document a line).

The shape is `schema/report-1.schema.json`; it only grows within version 1. Keys, rule ids and enumerated words are
English; `message` follows the language. Values are exact (not shortened, not defanged), but every control,
bidirectional or invisible character is written as a JSON escape, so that printing a report cannot harm a terminal.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lazaretto.model.finding import Finding, Gap, Location
from lazaretto.model.report import Checked, Ignored
from lazaretto.reports.context import Context
from lazaretto.reports.groups import fingerprints
from lazaretto.reports.safe import HIDDEN, plain

SCHEMA = "lazaretto/report-1"

Json = dict[str, Any]

_HIDDEN_ONE = re.compile(f"[{HIDDEN}]")


def render(results: Sequence[Checked], context: Context) -> str:
    """Render one answer as a document; several as `{"schema", "tool", "results": [...]}`."""
    if len(results) == 1:
        return encode(report(results[0], context), context, indent=2)
    documents = [report(checked, context) for checked in results]
    return encode({"schema": SCHEMA, "tool": tool(context.version), "results": documents}, context, indent=2)


def line(checked: Checked, context: Context) -> str:
    """Render one answer as one line."""
    return encode(report(checked, context), context)


def tool(version: str) -> Json:
    """Return the tool's name and version."""
    return {"name": "lazaretto", "version": version}


def report(checked: Checked, context: Context) -> Json:
    """Return the document of one answer."""
    examination, verdict = checked.examination, checked.verdict
    prints = fingerprints(examination.findings)
    by_finding = dict(zip(examination.findings, prints, strict=True))
    coverage = examination.coverage
    comparison = checked.comparison
    added = None if comparison is None else frozenset(comparison.added)
    document: Json = {
        "schema": SCHEMA,
        "tool": {
            **tool(checked.version or context.version),
            "intelligence": checked.intel_date,
            "online": checked.online,
        },
        "target": plain(checked.target),
        "kind": checked.kind,
        "error": None if checked.error is None else plain(context.translate.message(checked.error)),
        "verdict": {
            "grade": verdict.grade.word,
            "score": verdict.score,
            "band": verdict.band.name.lower(),
            "outcome": verdict.outcome.name.lower(),
            "complete": verdict.complete,
            "reasons": list(dict.fromkeys(by_finding.get(finding, "") for finding in verdict.reasons)),
            "policy": verdict.policy_digest,
        },
        "exit_code": context.exit_code(checked),
        "findings": [
            {**finding_document(finding, mark, context), **_news(finding, added)}
            for finding, mark in zip(examination.findings, prints, strict=True)
        ],
        "ignored": [_ignored(entry, by_finding.get(entry.finding, "")) for entry in checked.ignored],
        "hypotheses": [
            {
                "campaign": one.campaign,
                "traits": list(one.traits),
                "of": one.total,
                "recorded": one.recorded,
                "rules": list(one.rules),
            }
            for one in checked.hypotheses
        ],
        "gaps": [gap_document(gap, context) for gap in examination.gaps],
        "coverage": {
            "files": coverage.files,
            "examined": coverage.examined,
            "bytes": coverage.bytes,
            "packages": coverage.packages,
            "not_checked": [plain(context.translate.message(message)) for message in coverage.not_checked],
        },
        "run": {
            "at": verdict.at.isoformat(timespec="seconds"),
            "seconds": round(checked.seconds, 3),
            "cached": coverage.cached,
        },
    }
    if comparison is not None:
        document["change"] = {
            "old": plain(comparison.old),
            "old_grade": comparison.grade.word,
            "added": [by_finding[finding] for finding in examination.findings if finding in (added or ())],
            "gone": comparison.gone,
        }
    return document


def _news(finding: Finding, added: frozenset[Finding] | None) -> Json:
    """Mark a finding as new or old, when there is an older version to say so of."""
    return {} if added is None else {"new": finding in added}


def finding_document(finding: Finding, fingerprint: str, context: Context) -> Json:
    """Return the document of one finding."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.name.lower(),
        "confidence": finding.confidence.name.lower(),
        "phase": finding.phase.value,
        "role": finding.role.value,
        "message": plain(context.translate.message(finding.message)),
        "locations": [_location(location) for location in finding.locations],
        "techniques": list(finding.techniques),
        "excerpt": plain(finding.excerpt),
        "related": list(finding.related),
        "layers": list(finding.layers),
        "subject": plain(finding.subject),
        "fingerprint": fingerprint,
    }


def gap_document(gap: Gap, context: Context) -> Json:
    """Return the document of one gap."""
    return {
        "stage": gap.stage.value,
        "subject": plain(gap.subject),
        "reason": plain(context.translate.message(gap.reason)),
        "partial": gap.partial,
    }


def _location(location: Location) -> Json:
    return {
        "path": plain(location.path),
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line or location.line,
    }


def _ignored(entry: Ignored, fingerprint: str) -> Json:
    return {
        "fingerprint": fingerprint,
        "rule": entry.finding.rule,
        "path": plain(entry.finding.locations[0].path),
        "reason": plain(entry.reason),
        "expires": entry.expires,
    }


def encode(document: Mapping[str, Any], context: Context, indent: int | None = None) -> str:
    """Write JSON (RFC 8259) with a final line break; hidden characters as escapes."""
    separators = None if indent else (",", ":")
    text = json.dumps(document, ensure_ascii=context.ascii, indent=indent, separators=separators)
    if not text.isascii() or "\x7f" in text:
        text = _HIDDEN_ONE.sub(_escape, text)
    return text + "\n"


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\n":  # between values, never inside a string
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
