"""SARIF 2.1.0 (OASIS, with Errata 01): for code scanning and other tools.

One run, whatever the number of targets: services refuse several runs of one tool. Paths are relative URIs below
`%SRCROOT%`; a member of an archive is `x.zip!/inner`. Gaps are tool notifications, ignored findings are suppressed
results. Rule ids and property names are English; messages follow the language. When an older version was compared
with, `baselineState` says which results are new; what is gone is only counted.

The service with the strictest limits shows 5,000 results and 10 tags of a rule, so we write no more; what is
cut is said in a notification.
"""

import re
from collections.abc import Container, Iterable, Sequence

from lazaretto.model.finding import Confidence, Finding, Gap, Location, Severity
from lazaretto.model.report import Checked, Ignored
from lazaretto.model.text import N_
from lazaretto.reports.context import Context, RuleCard
from lazaretto.reports.document import Json, encode
from lazaretto.reports.exits import combine
from lazaretto.reports.groups import fingerprints
from lazaretto.reports.places import relative_uri
from lazaretto.reports.safe import clean, safe
from lazaretto.reports.words import level

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RESULTS = 5000
NOTIFICATIONS = 500
TAGS = 10

SECURITY_SEVERITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
_PRECISION = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
_RANK = {Confidence.HIGH: 3.0, Confidence.MEDIUM: 2.0, Confidence.LOW: 1.0}


def render(results: Sequence[Checked], context: Context) -> str:
    """Render all answers as one SARIF log."""
    return encode(log(results, context), context, indent=2)


def log(results: Sequence[Checked], context: Context) -> Json:
    """Return the log as a document."""
    entries = _strongest(_entries(results))
    cut = len(entries) - RESULTS
    entries = entries[:RESULTS]
    names = sorted({finding.rule for _, finding, _, _ in entries})
    indices = {name: number for number, name in enumerate(names)}
    cards = context.rules()
    examples = {finding.rule: finding for _, finding, _, _ in reversed(entries)}
    notifications = list(_notifications(results, context))
    if cut > 0:
        cut_message = context.translate(N_("{n} further results are left out"), {"n": f"{cut:,}"})
        notifications.insert(0, {"level": "warning", "message": {"text": cut_message}})
    added = {finding for checked in results if checked.comparison for finding in checked.comparison.added}
    run: Json = {
        "tool": {
            "driver": {
                "name": "lazaretto",
                "version": context.version or "0",
                "semanticVersion": context.version or "0.0.0",
                "rules": [_rule(cards.get(name), examples[name], context) for name in names],
            }
        },
        "invocations": [
            {
                "executionSuccessful": all(checked.verdict.complete and checked.error is None for checked in results),
                "exitCode": combine(map(context.exit_code, results)),
                "toolExecutionNotifications": notifications,
            }
        ],
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder in which lazaretto was started."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(checked, finding, mark, ignored, indices[finding.rule], added, context)
            for checked, finding, mark, ignored in entries
        ],
        "properties": {"verdicts": [_verdict(checked) for checked in results]},
    }
    return {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}


Entry = tuple[Checked, Finding, str, Ignored | None]


def _entries(results: Iterable[Checked]) -> Iterable[Entry]:
    for checked in results:
        ignored = {entry.finding: entry for entry in checked.ignored}
        findings = checked.examination.findings
        for finding, mark in zip(findings, fingerprints(findings), strict=True):
            yield checked, finding, mark, ignored.get(finding)


def _strongest(entries: Iterable[Entry]) -> list[Entry]:
    """Put what matters first, so that a cut loses the least (the sort is stable)."""
    return sorted(entries, key=lambda entry: (-entry[1].severity, -entry[1].confidence))


def _rule(card: RuleCard | None, example: Finding, context: Context) -> Json:
    say = context.translate
    title = say(card.title) if card else example.rule
    severity = card.severity if card else example.severity
    confidence = card.confidence if card else example.confidence
    techniques = card.techniques if card else example.techniques
    page = card.doc.strip() if card and card.doc else title
    tags = ["security", example.rule.partition("/")[0], *techniques]
    return {
        "id": example.rule,
        "name": "".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", example.rule)),
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": f"{page}\n\nlazaretto explain {example.rule}\n"},
        "defaultConfiguration": {"level": level(severity)},
        "properties": {
            "tags": list(dict.fromkeys(tags))[:TAGS],
            "precision": _PRECISION[confidence],
            "problem.severity": {"error": "error", "warning": "warning", "note": "recommendation"}[level(severity)],
            "security-severity": SECURITY_SEVERITY[severity],
        },
    }


def _result(
    checked: Checked,
    finding: Finding,
    mark: str,
    ignored: Ignored | None,
    index: int,
    added: Container[Finding],
    context: Context,
) -> Json:
    first, *rest = finding.locations
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": {"text": _text(context.translate.message(finding.message, safe))},
        "locations": [_location(checked, first, finding.excerpt)],
        "partialFingerprints": {"lazaretto/v1": mark},
        "rank": round(20.0 * finding.severity + 6.0 * _RANK[finding.confidence], 1),
        "properties": {
            "severity": finding.severity.name.lower(),
            "confidence": finding.confidence.name.lower(),
            "phase": finding.phase.value,
            "role": finding.role.value,
            "techniques": list(finding.techniques),
            "security-severity": SECURITY_SEVERITY[finding.severity],
        },
    }
    if checked.comparison is not None:
        result["baselineState"] = "new" if finding in added else "unchanged"
    if rest:
        result["relatedLocations"] = [
            {"id": number, **_location(checked, location, "")} for number, location in enumerate(rest, 1)
        ]
    if finding.related:
        result["properties"]["related"] = list(finding.related)
    if finding.layers:
        result["properties"]["layers"] = list(finding.layers)
    if ignored is not None:
        justification = safe(f"{ignored.reason} ({ignored.expires})")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _text(message: str) -> str:
    """Escape what SARIF reads as a link in a plain message (section 3.11.6), and leave no message empty."""
    return message.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]") or "-"


def _location(checked: Checked, location: Location, excerpt: str) -> Json:
    region: Json = {"startLine": max(1, location.line), "startColumn": max(1, location.column)}
    if location.end_line > location.line:
        region["endLine"] = location.end_line
    if excerpt:
        region["snippet"] = {"text": clean(excerpt)}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": relative_uri(checked, location.path), "uriBaseId": "%SRCROOT%"},
            "region": region,
        }
    }


def _notifications(results: Iterable[Checked], context: Context) -> Iterable[Json]:
    written = 0
    for checked in results:
        for gap in sorted(checked.examination.gaps, key=lambda gap: (gap.partial, gap)):
            written += 1
            if written > NOTIFICATIONS:
                left = {"n": f"{sum(len(c.examination.gaps) for c in results) - NOTIFICATIONS:,}"}
                text = context.translate(N_("{n} further gaps are left out"), left)
                yield {"level": "warning", "message": {"text": text}}
                return
            yield _notification(checked, gap, context)


def _notification(checked: Checked, gap: Gap, context: Context) -> Json:
    notification: Json = {
        "level": "warning" if gap.partial else "error",
        "message": {"text": _text(f"{safe(gap.subject)}: {context.translate.message(gap.reason, safe)}")},
        "properties": {"stage": gap.stage.value, "partial": gap.partial},
    }
    if checked.error is None:
        uri = relative_uri(checked, gap.subject)
        notification["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}}]
    return notification


def _verdict(checked: Checked) -> Json:
    verdict, comparison = checked.verdict, checked.comparison
    told: Json = {
        "target": clean(checked.target),
        "grade": verdict.grade.word,
        "score": verdict.score,
        "outcome": verdict.outcome.name.lower(),
        "complete": verdict.complete,
    }
    if comparison is not None:
        told["change"] = {
            "old": clean(comparison.old),
            "oldGrade": comparison.grade.word,
            "added": len(comparison.added),
            "gone": comparison.gone,
        }
    return told
