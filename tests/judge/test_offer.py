from datetime import UTC, datetime

from lazaretto.judge.offer import judge_offer
from lazaretto.judge.offer_checks import BY_RULE, CHECKS
from lazaretto.judge.offer_weights import GOOD_SAYINGS, WEIGHTS
from lazaretto.model.finding import Confidence, Finding, Location, Severity
from lazaretto.model.offer import Answers, Case, Channel, OfferGrade, Reply, Text
from lazaretto.model.text import Message

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def finding(rule, severity=Severity.MEDIUM, confidence=Confidence.MEDIUM):
    return Finding(rule, "m", severity, confidence, (Location("m"),), Message("x"))


NO_ANSWERS = Answers()


def verdict(*findings, good=(), answers=NO_ANSWERS, gaps=()):
    case = Case("m", (Text("m", Channel.CHAT, "text"),), answers=answers)
    return judge_offer(case, findings, dict.fromkeys(good, ("m", 1)), gaps, NOW)


HARD = finding("approach/protection-off", Severity.CRITICAL, Confidence.HIGH)


def test_there_are_sixty_three_checks():
    assert len(CHECKS) == len({check.id for check in CHECKS}) == 63
    assert set(WEIGHTS) <= set(BY_RULE)


def test_nothing_is_no_proof_and_no_text_is_incomplete():
    assert verdict().grade is OfferGrade.NO_SIGN
    assert verdict().complete
    assert not judge_offer(Case("m"), (), {}, (), NOW).complete


def test_a_hard_sign_stops_whatever_speaks_for_it():
    answer = verdict(HARD, good=GOOD_SAYINGS, answers=Answers(confirmed=Reply.YES))
    assert answer.grade is OfferGrade.STOP
    assert answer.reasons[0].hard


def test_good_signs_take_off_little_and_never_two_grades():
    heavy = (finding("approach/isolation-refused", Severity.HIGH), finding("approach/asks-to-run-code"))
    assert verdict(*heavy).grade is OfferGrade.STOP
    assert verdict(*heavy, good=GOOD_SAYINGS).grade is OfferGrade.CONFIRM
    assert verdict(finding("approach/asks-to-run-code")).grade is OfferGrade.CONFIRM
    assert verdict(finding("approach/asks-to-run-code"), good=("talk-held",)).grade is OfferGrade.NO_SIGN


def test_a_check_weighs_no_more_than_its_maximum():
    pay = (finding("approach/pay-above-market"), finding("approach/hired-unseen"))
    assert verdict(*pay, *pay).points <= next(check.points for check in CHECKS if check.id == "M11")


def test_the_zone_of_commits_weighs_nothing():
    assert verdict(finding("approach/zone-alone")).points == 0


def test_answers_count():
    assert verdict(answers=Answers(confirmed=Reply.NO)).grade is OfferGrade.STOP
    assert verdict(answers=Answers(spoke_live=Reply.NO)).points == 8
