from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.judge.judge import BANDS, POINTS, judge
from lazaretto.model.finding import Confidence, Coverage, Examination, Finding, Gap, Location, Phase, Severity, Stage
from lazaretto.model.policy import DEFAULT, Policy, Waiver
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade, Outcome, band

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def finding(severity: Severity, confidence: Confidence, rule: str = "x/y", phase: Phase = Phase.RUN) -> Finding:
    return Finding(rule, "a.js", severity, confidence, (Location("a.js", 3),), Message("m"), phase=phase)


def examination(*findings: Finding, gaps: tuple[Gap, ...] = ()) -> Examination:
    return Examination("s", findings, gaps, Coverage(files=1, examined=1))


findings = st.lists(
    st.builds(
        finding,
        st.sampled_from(Severity),
        st.sampled_from(Confidence),
        st.sampled_from(["a/a", "b/b", "c/c"]),
        st.sampled_from(Phase),
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("severity", "confidence", "grade"),
    [
        (Severity.LOW, Confidence.HIGH, Grade.NOTHING_FOUND),
        (Severity.MEDIUM, Confidence.LOW, Grade.NOTHING_FOUND),
        (Severity.MEDIUM, Confidence.MEDIUM, Grade.SUSPICIOUS),
        (Severity.MEDIUM, Confidence.HIGH, Grade.SUSPICIOUS),
        (Severity.HIGH, Confidence.LOW, Grade.SUSPICIOUS),
        (Severity.HIGH, Confidence.HIGH, Grade.MALICIOUS),
        (Severity.CRITICAL, Confidence.MEDIUM, Grade.SUSPICIOUS),
        (Severity.CRITICAL, Confidence.HIGH, Grade.MALICIOUS),
    ],
)
def test_the_default_policy_clause_by_clause(severity: Severity, confidence: Confidence, grade: Grade) -> None:
    verdict, _ = judge(examination(finding(severity, confidence)), DEFAULT, NOW)
    assert verdict.grade is grade
    assert verdict.outcome is Outcome(int(grade))


def test_every_pair_has_points_and_points_grow_with_both() -> None:
    for severity in Severity:
        row = [POINTS[severity, confidence] for confidence in Confidence]
        assert row == sorted(row)
    for confidence in Confidence:
        column = [POINTS[severity, confidence] for severity in Severity]
        assert column == sorted(column)


@given(findings)
def test_the_score_lies_in_the_band_of_its_grade(found: list[Finding]) -> None:
    verdict, _ = judge(examination(*found), DEFAULT, NOW)
    low, high = BANDS[verdict.grade]
    assert low <= verdict.score <= high


@given(findings, findings)
def test_more_evidence_never_lowers_a_verdict(some: list[Finding], more: list[Finding]) -> None:
    before, _ = judge(examination(*some), DEFAULT, NOW)
    after, _ = judge(examination(*some, *more), DEFAULT, NOW)
    assert after.grade >= before.grade
    assert after.score >= before.score


def test_a_policy_without_clauses_is_refused() -> None:
    with pytest.raises(ValueError, match="without clauses"):
        Policy(())


def test_a_waiver_takes_a_finding_out_until_its_day() -> None:
    bad = finding(Severity.HIGH, Confidence.HIGH, "js/x")
    waiver = Waiver("a.*", "js/*", "reviewed", "me", "2026-11-23")
    verdict, ignored = judge(examination(bad), replace(DEFAULT, waivers=(waiver,)), NOW)
    assert verdict.grade is Grade.NOTHING_FOUND
    assert [entry.reason for entry in ignored] == ["reviewed"]
    expired = replace(waiver, expires="2026-11-22")
    verdict, ignored = judge(examination(bad), replace(DEFAULT, waivers=(expired,)), NOW)
    assert verdict.grade is Grade.MALICIOUS
    assert not ignored


def test_nothing_examined_is_not_complete() -> None:
    verdict, _ = judge(Examination("s"), DEFAULT, NOW)
    assert verdict.grade is Grade.NOTHING_FOUND
    assert not verdict.complete


def test_a_whole_gap_makes_the_verdict_incomplete_and_a_partial_one_does_not() -> None:
    gap = Gap(Stage.READ, "b", Message("m"))
    assert not judge(examination(gaps=(gap,)), DEFAULT, NOW)[0].complete
    assert judge(examination(gaps=(replace(gap, partial=True),)), DEFAULT, NOW)[0].complete


def test_reasons_are_ordered_by_weight() -> None:
    found = (
        finding(Severity.MEDIUM, Confidence.MEDIUM, "b/b"),
        finding(Severity.HIGH, Confidence.HIGH, "c/c"),
        finding(Severity.LOW, Confidence.HIGH, "a/a"),
    )
    verdict, _ = judge(examination(*found), DEFAULT, NOW)
    assert [reason.rule for reason in verdict.reasons] == ["c/c", "b/b"]


@pytest.mark.parametrize(
    ("score", "word"), [(0.0, "LOW"), (3.9, "LOW"), (4.0, "MEDIUM"), (6.9, "MEDIUM"), (7.0, "HIGH"), (9.0, "CRITICAL")]
)
def test_bands(score: float, word: str) -> None:
    assert band(score).name == word
