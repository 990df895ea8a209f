"""Whole offers, end to end: the bundled examples, histories, bad input."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lazaretto.app.offer import Options, offer
from lazaretto.model.offer import Claims, OfferGrade

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def graded(**options):
    return offer(Options(now=NOW, **options))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_bundled_offer_stops(lang):
    answer = graded(files=(str(ROOT / "examples" / f"offer-{lang}" / "message.eml"),))
    assert answer.verdict.grade is OfferGrade.STOP
    assert {"approach/isolation-refused", "approach/code-before-talk"} <= {
        reason.finding.rule for reason in answer.verdict.reasons
    }


def test_a_genuine_offer_does_not_stop():
    text = "It was great talking to you yesterday. Here is the exercise, use Docker or any environment you like. Take a week."
    assert graded(files=("-",), pasted=text.encode()).verdict.grade is OfferGrade.NO_SIGN


def test_a_front_of_a_campaign_is_known():
    answer = graded(files=("-",), pasted=b"Hello", claims=Claims(company="Veltrix Capital"))
    assert answer.verdict.reasons[0].finding.rule == "intel/campaign-offer"
    assert answer.verdict.grade is OfferGrade.STOP


@pytest.mark.parametrize("data", [b"", b" \n", b"\x89PNG\r\n\x1a\n1", b"\x00\x01\x02" * 50])
def test_what_is_no_text_is_not_checked(data):
    answer = graded(files=("-",), pasted=data)
    assert not answer.verdict.complete
    assert answer.gaps


def test_a_file_of_no_known_kind_is_not_checked(tmp_path):
    (tmp_path / "x").write_bytes(bytes(range(256)) * 9)
    answer = graded(files=(str(tmp_path / "x"),))
    assert (answer.verdict.possible, answer.verdict.complete) == ((), False)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp949", "utf-8-sig"])
def test_korean_in_any_encoding(codec):
    text = "백신을 잠시 꺼 주시고 저장소를 클론해서 실행해 주세요. 오늘 안에 부탁드립니다."
    assert graded(files=("-",), pasted=text.encode(codec)).verdict.grade is OfferGrade.STOP


def test_a_missing_file_and_an_exported_chat(tmp_path):
    assert graded(files=(str(tmp_path / "none"),)).gaps
    chat = tmp_path / "result.json"
    chat.write_text('{"messages": [{"text": ["Please disable your antivirus ", {"text": "first."}]}]}')
    assert graded(files=(str(chat),)).verdict.grade is OfferGrade.STOP
