"""From an examination to a verdict: pure, and written down in full in `docs/verdict.md`.

    grade    the highest grade of any clause that any finding meets
    score    the heaviest reason's points, plus a little for every other kind of reason, kept in the grade's band
    outcome  what a gate would do: BLOCK, QUARANTINE, ALLOW

More evidence never lowers a grade or a score.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from fnmatch import fnmatchcase

from lazaretto.model.finding import Confidence, Examination, Finding, Phase, Severity
from lazaretto.model.policy import Clause, Policy
from lazaretto.model.report import Ignored
from lazaretto.model.verdict import Grade, Outcome, Verdict

POINTS: dict[tuple[Severity, Confidence], float] = {
    (Severity.CRITICAL, Confidence.HIGH): 9.4,
    (Severity.CRITICAL, Confidence.MEDIUM): 6.6,
    (Severity.CRITICAL, Confidence.LOW): 5.6,
    (Severity.HIGH, Confidence.HIGH): 8.4,
    (Severity.HIGH, Confidence.MEDIUM): 6.2,
    (Severity.HIGH, Confidence.LOW): 5.0,
    (Severity.MEDIUM, Confidence.HIGH): 5.4,
    (Severity.MEDIUM, Confidence.MEDIUM): 4.6,
    (Severity.MEDIUM, Confidence.LOW): 2.5,
    (Severity.LOW, Confidence.HIGH): 1.0,
    (Severity.LOW, Confidence.MEDIUM): 0.6,
    (Severity.LOW, Confidence.LOW): 0.3,
}
"""Points of one finding alone."""

BANDS: dict[Grade, tuple[float, float]] = {
    Grade.NOTHING_FOUND: (0.0, 3.9),
    Grade.SUSPICIOUS: (4.0, 6.9),
    Grade.MALICIOUS: (7.0, 10.0),
}
"""Lowest and highest score of each grade."""

EARLY_BONUS = 0.2
"""For a reason that strikes when a folder is opened or a package installed: nobody asked for it to run."""

COMPANY_BONUS = 0.1
"""For every further rule among the reasons, up to four."""

_OUTCOMES = {
    Grade.NOTHING_FOUND: Outcome.ALLOW,
    Grade.SUSPICIOUS: Outcome.QUARANTINE,
    Grade.MALICIOUS: Outcome.BLOCK,
}


def judge(examination: Examination, policy: Policy, now: datetime) -> tuple[Verdict, tuple[Ignored, ...]]:
    """Return the verdict and the findings that waivers took out of it.

    `now` is timezone-aware; it decides which waivers still hold. A gap never raises a grade, but it makes the
    verdict incomplete, and an incomplete verdict without findings is not a clean one (exit code 3).
    """
    ignored = tuple(_waived(examination.findings, policy, now))
    taken_out = {id(entry.finding) for entry in ignored}
    counted = [finding for finding in examination.findings if id(finding) not in taken_out]
    grades = [(finding, _grade(finding, policy)) for finding in counted]
    grade = max((g for _, g in grades), default=Grade.NOTHING_FOUND)
    reasons = sorted(
        (finding for finding, g in grades if g > Grade.NOTHING_FOUND),
        key=lambda f: (-_points(f), f.rule, f.locations[0]),
    )
    verdict = Verdict(
        grade=grade,
        score=_score(counted, reasons, grade),
        outcome=_OUTCOMES[grade],
        reasons=tuple(reasons),
        complete=_complete(examination),
        policy_digest=policy_digest(policy),
        at=now,
    )
    return verdict, ignored


def policy_digest(policy: Policy) -> str:
    """Return a short digest that changes whenever the policy does."""
    return hashlib.sha256(repr(policy).encode()).hexdigest()[:16]


def _complete(examination: Examination) -> bool:
    return examination.coverage.examined > 0 and not any(not gap.partial for gap in examination.gaps)


def _grade(finding: Finding, policy: Policy) -> Grade:
    return max(
        (clause.grade for clause in policy.clauses if _meets(finding, clause)),
        default=Grade.NOTHING_FOUND,
    )


def _meets(finding: Finding, clause: Clause) -> bool:
    return (
        finding.severity >= clause.severity
        and finding.confidence >= clause.confidence
        and (not clause.phases or finding.phase in clause.phases)
        and (not clause.rules or any(fnmatchcase(finding.rule, pattern) for pattern in clause.rules))
    )


def _points(finding: Finding) -> float:
    early = EARLY_BONUS if finding.phase in (Phase.OPEN, Phase.INSTALL) else 0.0
    return POINTS[finding.severity, finding.confidence] + early


def _score(counted: Iterable[Finding], reasons: Iterable[Finding], grade: Grade) -> float:
    heaviest = max((_points(finding) for finding in counted), default=0.0)
    kinds = len({finding.rule for finding in reasons})
    low, high = BANDS[grade]
    return round(min(high, max(low, heaviest + COMPANY_BONUS * min(4, max(0, kinds - 1)))), 1)


def _waived(findings: Iterable[Finding], policy: Policy, now: datetime) -> Iterable[Ignored]:
    today = now.date().isoformat()
    live = [waiver for waiver in policy.waivers if waiver.expires >= today]
    for finding in findings:
        for waiver in live:
            if not fnmatchcase(finding.rule, waiver.rule):
                continue
            if fnmatchcase(finding.subject, waiver.subject) or fnmatchcase(finding.locations[0].path, waiver.subject):
                yield Ignored(finding, waiver.reason, waiver.expires)
                break
