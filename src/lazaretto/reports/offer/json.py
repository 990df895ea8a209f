"""The answer about an offer as JSON: English keys, texts of the offer as they are, messages in English and as told."""

import json

from lazaretto.judge.offer_checks import BY_ID, CHECKS
from lazaretto.model.finding import Gap
from lazaretto.model.offer import Offered, Reason
from lazaretto.reports.context import Context
from lazaretto.reports.i18n import Translator
from lazaretto.reports.offer.sheet import reply
from lazaretto.reports.safe import plain

SCHEMA = "lazaretto-offer/1"


def render(offered: Offered, context: Context) -> str:
    """Return one JSON document, deterministic for the same case and time."""
    return json.dumps(_document(offered, context), ensure_ascii=context.ascii, indent=2) + "\n"


def _document(offered: Offered, context: Context) -> dict[str, object]:
    verdict = offered.verdict
    say = context.translate
    return {
        "schema": SCHEMA,
        "version": offered.version,
        "intelligence": offered.intel_date,
        "at": verdict.at.isoformat(),
        "name": plain(offered.case.name),
        "online": offered.case.online,
        "grade": verdict.grade.word,
        "points": verdict.points,
        "complete": verdict.complete,
        "coverage": {"possible": list(verdict.possible), "missing": list(verdict.missing), "all": len(CHECKS)},
        "reasons": [_reason(reason, say) for reason in verdict.reasons],
        "good": [
            {"check": one.check, "points": one.points, "message": plain(say.message(one.message)), "path": plain(one.path), "line": one.line}
            for one in verdict.good
        ],
        "settles": [{"check": ident, "message": say(BY_ID[ident].settle)} for ident in verdict.settles],
        "repositories": [
            {"target": plain(checked.target), "grade": checked.verdict.grade.word, "score": checked.verdict.score}
            for checked in offered.case.checked
        ],
        "gaps": [_gap(gap, say) for gap in offered.gaps],
        "reply": {lang: reply(offered, lang) for lang in ("en", "ko")},
    }  # fmt: skip


def _reason(reason: Reason, say: Translator) -> dict[str, object]:
    finding = reason.finding
    return {
        "check": reason.check,
        "rule": finding.rule,
        "points": reason.points,
        "hard": reason.hard,
        "message": plain(say.message(finding.message)),
        "excerpt": plain(finding.excerpt),
        "places": [{"path": plain(place.path), "line": place.line} for place in finding.locations],
        "techniques": list(finding.techniques),
    }


def _gap(gap: Gap, say: Translator) -> dict[str, object]:
    return {
        "subject": plain(gap.subject),
        "stage": gap.stage.value,
        "reason": plain(say.message(gap.reason)),
        "partial": gap.partial,
    }
