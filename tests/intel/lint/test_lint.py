from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lazaretto.intel.lint.catalog as catalog
from lazaretto.intel.extract.document import Document
from lazaretto.intel.lint.catalog import CHECKS, lint

ORIGIN = """# Lazarus 그룹의 graphalgo 캠페인

## Executive Overview
북한 Lazarus 그룹은 가짜 채용 담당자로 위장합니다. 최근 npm과 PyPI에 악성 패키지가 유포되었습니다.
이 공격은 확실히 Lazarus 그룹의 소행입니다.

## Threat Analysis
공격자는 코딩 테스트를 제공하고, 저장소의 의존성에 악성 패키지를 숨겨 원격 제어 악성코드를 설치합니다.
관련 기법은 T1195.002 (Compromise Software Dependencies and Development Tools)와 T1566.003 (Spearphishing over Service)입니다.

## Impact Assessment
공격자는 코딩 테스트를 제공하고, 저장소의 의존성에 악성 패키지를 숨겨 원격 제어 악성코드를 설치합니다.

Severity: HIGH (8.5/10)
Tags: Lazarus, T1193, T1999

## References
1. ReversingLabs, Fake recruiter campaign
2. The Hacker News, 2026-02-12, https://thehackernews.com/2026/02/lazarus-campaign-plants-malicious.html
"""

CLEAN = """# Brief, 2026-11-20

The loader was first observed on 2026-05-02 and is reported as work of Lazarus with moderate confidence [1].

## Indicators

| kind | value |
|---|---|
| domain | `codepool[.]cloud` |

Techniques: T1195.001 (Compromise Software Dependencies and Development Tools), T1566.003.
Severity: HIGH (8.5/10), by the rubric of section 9.

## References

1. Maltrail, 2026-08-23, https://github.com/stamparm/maltrail
"""


def rules(text):
    return {defect.rule: defect.line for defect in lint(Document(text))}


def test_every_check_is_in_the_catalogue():
    folder = Path(catalog.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "catalog", "paper"}
    assert {check.check.__module__.rpartition(".")[2] for check in CHECKS} == modules
    assert len({check.id for check in CHECKS}) == len(CHECKS)


def test_origin_style_brief():
    found = rules(ORIGIN)
    assert found == {
        "brief/attack-name": 9,
        "brief/attack-old-id": 15,
        "brief/attack-unknown-id": 15,
        "brief/undated-claim": 4,
        "brief/attribution-too-strong": 5,
        "brief/repeated-text": 12,
        "brief/severity-without-basis": 14,
        "brief/no-indicators": 0,
        "brief/reference-without-link": 18,
    } | {"brief/attack-name": found["brief/attack-name"]}
    names = [defect.message.english() for defect in lint(Document(ORIGIN)) if defect.rule == "brief/attack-name"]
    assert names == [
        "T1195.002 is Compromise Software Supply Chain, not Compromise Software Dependencies and Development Tools (T1195.001)",
        "T1566.003 is Spearphishing via Service, not Spearphishing over Service",
    ]


def test_clean_brief():
    assert lint(Document(CLEAN)) == ()


@pytest.mark.parametrize(
    ("change", "to", "rule"),
    [
        ("codepool[.]cloud", "codepool.cloud", "brief/live-indicator"),
        ("codepool[.]cloud", "github[.]com", "brief/shared-service-indicator"),
        ("T1195.001", "T1195.002", "brief/attack-name"),
        ("T1566.003", "T1193", "brief/attack-old-id"),
        ("T1566.003", "T1999", "brief/attack-unknown-id"),
        (", by the rubric of section 9", "", "brief/severity-without-basis"),
        (", https://github.com/stamparm/maltrail", "", "brief/reference-without-link"),
        ("Maltrail, 2026-08-23", "Maltrail", "brief/reference-without-link"),
        (
            "is reported as work of Lazarus with moderate confidence",
            "is definitely the work of Lazarus",
            "brief/attribution-too-strong",
        ),
        ("was first observed on 2026-05-02 and", "was recently seen and", None),
        ("## Indicators", "## Other", "brief/no-indicators"),
    ],
)
def test_one_defect_at_a_time(change, to, rule):
    assert change in CLEAN
    found = rules(CLEAN.replace(change, to))
    assert (rule in found) if rule else found == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("| ID | name |\n|---|---|\n| T1041 | Exfiltration Over C2 Channel |", False),
        ("| ID | name |\n|---|---|\n| T1041 | Exfiltration Over Web Service |", True),
        ("T1195.002: Supply Chain Compromise: Compromise Software Supply Chain", False),
        ("Supply Chain Compromise (T1195.002)", False),
        ("Phishing (T1195.002)", True),
        ("T1204.002(악성 파일), T1059.007(JavaScript)", False),
        ("T1059.007 - Python", True),
        ("uses T1105 and T1071.001 on Windows", False),
        ("Spearphishing via Service (T1566.003)", False),
        ("T1218.011 Rundll32", False),
    ],
)
def test_names_of_techniques(text, wrong):
    assert ("brief/attack-name" in rules(text)) is wrong


@given(st.text())
@settings(max_examples=60, deadline=None)
def test_any_text(text):
    lint(Document(text))
