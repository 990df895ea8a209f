"""The verdict about an offer: hard stops, points, a few trust points, coverage. Never a probability.

    STOP      a hard stop, or `STOP_AT` points
    CONFIRM   `CONFIRM_AT` points
    NO_SIGN   anything else: "no known warning sign; that is not proof"

Good signs are forged (aged domains, borrowed companies, stolen profiles), so they take off at most `TRUST` points, and
nothing at all where something stops. The one strong sign is that the employer confirmed by a contact that the
candidate found alone; it does not outweigh a hard stop either. Weights: `docs/offer.md`, measured by `bench/offers`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from lazaretto.judge.offer_checks import (
    ANSWER,
    ATTACHED,
    BY_RULE,
    CHECKS,
    DOMAIN,
    HISTORY,
    LOOKUP,
    MAIL,
    PROFILE,
    REPOSITORY,
    SENDER,
    TEXT,
    THREAD,
)  # fmt: skip
from lazaretto.judge.offer_weights import CONFIRM_AT, GOOD_SAYINGS, STOP_AT, TRUST, WEIGHTS, Weight
from lazaretto.model.finding import Confidence, Finding, Gap, Location, Phase, Role, Severity
from lazaretto.model.offer import Answers, Case, Channel, Good, OfferGrade, OfferVerdict, Reason, Reply
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Grade

THREAD_LINES = 12
"""Lines of chat from which it is a thread."""
REPOSITORY_POINTS = {Grade.MALICIOUS: 100, Grade.SUSPICIOUS: 25}


def judge_offer(
    case: Case,
    findings: Iterable[Finding],
    good_sayings: dict[str, tuple[str, int]],
    gaps: Iterable[Gap],
    now: datetime,
) -> OfferVerdict:
    """Weigh everything.

    Args:
        case: what was in hand; its `checked` are weighed, too.
        findings: of the rules and of intelligence.
        good_sayings: what the texts say that speaks for the offer: name, with path and line of the first place.
        gaps: what could not be examined.
        now: the time, timezone-aware.
    """
    reasons = [*_of_rules(findings), *_of_repositories(case), *_of_answers(case.answers, case.name)]
    reasons = _capped(reasons)
    hard = any(reason.hard for reason in reasons)
    good = tuple(_good(case, good_sayings))
    bad = sum(reason.points for reason in reasons)
    confirmed = case.answers.confirmed is Reply.YES
    off = 0 if hard else min(TRUST, -sum(one.points for one in good))
    points = max(0, bad - off)
    if hard or points >= STOP_AT:
        grade = OfferGrade.STOP
    elif points >= CONFIRM_AT:
        grade = OfferGrade.CONFIRM
    else:
        grade = OfferGrade.NO_SIGN
    if grade is OfferGrade.NO_SIGN and bad >= STOP_AT and not confirmed:
        grade = OfferGrade.CONFIRM  # good words alone do not take an offer down by two grades
    possible = tuple(check.id for check in CHECKS if _in_hand(case).intersection(check.needs))
    missing = tuple(check.id for check in CHECKS if check.id not in possible)
    return OfferVerdict(
        grade=grade,
        points=points,
        reasons=tuple(sorted(reasons, key=lambda one: (not one.hard, -one.points, one.check, one.finding.rule))),
        good=good,
        possible=possible,
        missing=missing,
        settles=tuple(_settles(reasons, grade, case.answers)),
        complete=not any(not gap.partial for gap in gaps) and bool(possible),
        at=now,
    )


def _of_rules(findings: Iterable[Finding]) -> Iterator[Reason]:
    for finding in findings:
        check = BY_RULE.get(finding.rule)
        weight = WEIGHTS.get(finding.rule) or _by_severity(finding)
        if check is None:
            yield Reason("M17", weight.points, weight.hard and finding.confidence is Confidence.HIGH, finding)
            continue
        points = weight.points if finding.confidence is not Confidence.LOW or weight.low else weight.points // 2
        if finding.severity > weight.severity:
            points = max(points, weight.raised)
        yield Reason(
            check.id, min(points, check.points), weight.hard and finding.confidence is Confidence.HIGH, finding
        )


def _by_severity(finding: Finding) -> Weight:
    """Weigh a rule that has no row of its own."""
    points = {Severity.LOW: 3, Severity.MEDIUM: 10, Severity.HIGH: 20, Severity.CRITICAL: 45}[finding.severity]
    return Weight(points, finding.severity, hard=finding.severity is Severity.CRITICAL)


def _of_repositories(case: Case) -> Iterator[Reason]:
    """What `check` found: the verdict decides the weight, each reason is told under its own check."""
    for checked in case.checked:
        points = REPOSITORY_POINTS.get(checked.verdict.grade, 0)
        if not points:
            continue
        for number, finding in enumerate(checked.verdict.reasons[:12]):
            check = BY_RULE.get(finding.rule)
            ident = check.id if check is not None else "R7" if points == 100 else "R5"
            yield Reason(ident, points if number == 0 else 0, points == 100 and number == 0, finding)


def _of_answers(answers: Answers, name: str) -> Iterator[Reason]:
    asked = (
        (answers.on_careers_page, Reply.NO, "C2", 10, "answer/not-on-careers-page", N_("you said that the job is not on the company's own page")),
        (answers.confirmed, Reply.NO, "C3", 60, "answer/employer-denies", N_("you said that the employer knows nothing of the offer")),
        (answers.spoke_live, Reply.NO, "M15", 8, "answer/never-spoke", N_("you said that nobody talked to you live")),
        (answers.badge, Reply.NO, "C4", 3, "answer/no-badge", N_("you said that the profile has no badge of the workplace")),
        (answers.browser_refused, Reply.YES, "M7", 20, "answer/browser-refused", N_("you said that they refused a test in the browser")),
    )  # fmt: skip
    for given, wanted, check, points, rule, text in asked:
        if given is wanted:
            finding = Finding(
                rule, name, Severity.MEDIUM, Confidence.HIGH, (Location(name),), Message(text), phase=Phase.OFFER, role=Role.IDENTITY
            )  # fmt: skip
            yield Reason(check, points, hard=False, finding=finding)


def _capped(reasons: list[Reason]) -> list[Reason]:
    """Let one check weigh no more than it may; the strongest reasons of it count first."""
    most = {check.id: check.points for check in CHECKS} | {"C3": 60}
    left = dict(most)
    kept = []
    for reason in sorted(reasons, key=lambda one: (not one.hard, -one.points)):
        points = min(reason.points, left.get(reason.check, reason.points))
        left[reason.check] = left.get(reason.check, 0) - points
        kept.append(Reason(reason.check, points, reason.hard, reason.finding))
    return kept


def _good(case: Case, sayings: dict[str, tuple[str, int]]) -> Iterator[Good]:
    if case.answers.confirmed is Reply.YES:
        yield Good("C3", -20, Message(N_("the employer confirmed it by a contact that you found yourself")))
    if case.answers.badge is Reply.YES:
        yield Good("C4", -5, Message(N_("the network shows the workplace as verified")))
    if case.answers.spoke_live is Reply.YES:
        yield Good("M15", -5, Message(N_("you talked to somebody live")))
    if case.answers.applied is Reply.YES:
        yield Good("C2", -5, Message(N_("you had applied there")))
    for mail in case.mails:
        results = mail.authentication.of("dkim") if mail.authentication is not None else ()
        if any(one.result == "pass" and one.aligned for one in results):
            yield Good("E3", -4, Message(N_("the mail is signed by the sender's domain")), mail.name, 1)
            break
    for name, (path, line) in sayings.items():
        points, text = GOOD_SAYINGS[name]
        yield Good("M6", points, Message(text), path, line)


def _in_hand(case: Case) -> frozenset[str]:
    """Say what there is to check."""
    have = set()
    written = [text for text in case.texts if text.channel is not Channel.PROFILE and text.text.strip()]
    if written or any(mail.text.strip() for mail in case.mails):
        have |= {TEXT}
    if any(text.text.count("\n") >= THREAD_LINES for text in written) or len(case.mails) > 1:
        have.add(THREAD)
    if any(mail.headers for mail in case.mails):
        have.add(MAIL)
    if case.claims.recruiter_email or any(mail.sender.address for mail in case.mails):
        have.add(SENDER)
    if case.claims.domain or SENDER in have or any("." in text.text and "/" in text.text for text in written):
        have.add(DOMAIN)
    if any(mail.attachments for mail in case.mails):
        have.add(ATTACHED)
    if any(checked.error is None for checked in case.checked):
        have.add(REPOSITORY)
    if any(history.commits for history in case.histories):
        have.add(HISTORY)
    if case.profile is not None:
        have.add(PROFILE)
    if case.answers != Answers():
        have.add(ANSWER)
    if case.domains:
        have.add(LOOKUP)
    return frozenset(have)


def _settles(reasons: list[Reason], grade: OfferGrade, answers: Answers) -> Iterator[str]:
    """Yield what would settle it: the employer's own word first, then the checks that fired, heaviest first."""
    if answers.confirmed is not Reply.YES:
        yield "C3"
    if answers.on_careers_page is Reply.UNKNOWN:
        yield "C2"
    if grade is OfferGrade.NO_SIGN and not reasons:
        return
    by_id = {check.id: check for check in CHECKS}
    told = {"C3", "C2"}
    for reason in sorted(reasons, key=lambda one: -one.points):
        check = by_id.get(reason.check)
        if check is not None and check.settle and check.id not in told and reason.points:
            told.add(check.id)
            yield check.id
