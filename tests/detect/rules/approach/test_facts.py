"""Rules over profiles, histories, claims and attachments."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lazaretto.detect.approach import Approach
from lazaretto.detect.engine import run_rule
from lazaretto.detect.rules.approach.catalog import RULES
from lazaretto.model.mail import Attachment, Mail, Mailbox
from lazaretto.model.offer import Answers, Case, Claims, Commit, Employment, History, Profile, Reply

NOW = datetime(2026, 11, 25, tzinfo=UTC)
BY_ID = {rule.id: rule for rule in RULES}
SEOUL, NEW_YORK = timezone(timedelta(hours=9)), timezone(timedelta(hours=-5))


def told(ident, **case):
    result = run_rule(BY_ID[f"approach/{ident}"], Approach(Case("case", **case), NOW), "case")
    assert not result.gaps
    return [finding.message.english() for finding in result.findings]


def commit(minutes=0, author="a@corp.example.test", zone=UTC, committer_zone=None, authored=None, **more):
    at = datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(minutes=minutes)
    return Commit(
        "c" * 40,
        author,
        "b@corp.example.test",
        (authored or at).astimezone(zone),
        at.astimezone(committer_zone or zone),
        **more,
    )


def test_a_history_made_in_minutes():
    quick = History("repo", (commit(9), commit(4), commit(0)))
    slow = History("repo", (commit(9000), commit(4), commit(0)))
    assert told("history-in-minutes", histories=(quick,)) == ["all 3 commits were made within 9 minutes"]
    assert told("history-in-minutes", histories=(slow,)) == []


def test_a_zone_split_and_a_zone_alone():
    split = History("repo", (commit(zone=NEW_YORK, committer_zone=SEOUL),))
    alone = History("repo", (commit(zone=SEOUL),))
    assert told("zone-split", histories=(split,)) == [
        "commit cccccccccc: the author's clock says -0500, the committer's +0900"
    ]
    assert told("zone-split", histories=(alone,)) == []
    assert told("zone-alone", histories=(alone,)) == ["time zones of the commits: +0900 (context; it counts nothing)"]


def test_rewritten_dates():
    years = tuple(commit(number, authored=datetime(2020 + number, 1, 1, tzinfo=UTC)) for number in (4, 3, 2, 1))
    assert told("dates-rewritten", histories=(History("repo", years),)) == [
        "author dates span 1095 days, but everything was committed within an hour"
    ]
    assert told("dates-rewritten", histories=(History("repo", (commit(9), commit(1))),)) == []


def test_free_mail_and_a_renamed_project():
    free = History("repo", (commit(author="x@gmail.com"),))
    assert told("commits-by-free-mail", histories=(free,)) == ["all authors have free mail addresses: gmail.com"]
    assert told("commits-by-free-mail", histories=(History("repo", (commit(),)),)) == []
    many = tuple(
        commit(n, author=f"{n}@x.example.test", subject="rename to Acme" if n == 0 else "fix") for n in range(20)
    )
    assert told("renamed-clone", histories=(History("repo", many),)) == [
        "a project of 20 authors was renamed by its newest commits"
    ]
    assert told("renamed-clone", histories=(History("repo", many[1:]),)) == []


def test_profiles():
    young = Profile(created="2026-11", source="p.json")
    assert told("profile-new", profile=young) == ["the profile was made in 2026-11"]
    assert told("profile-new", profile=Profile(created="2019-01")) == []
    assert told("profile-new", answers=Answers(new_profile=Reply.YES)) != []
    claims = Profile(years=15, employments=(Employment("Acme", start="2023"),))
    assert told("profile-contradicts", profile=claims) == [
        "claims 15 years of experience; the first station begins in 2023"
    ]
    assert told("profile-contradicts", profile=Profile(years=4, employments=claims.employments)) == []


def test_claims_and_attachments():
    mail = Mail(sender=Mailbox("HR", "hr@acme-careers.example.test"), name="m.eml",
                attachments=(Attachment("Interview.lnk", "application/octet-stream", 9), Attachment("cv.docx", "", 9)))  # fmt: skip
    assert told("claims-contradict", mails=(mail,), claims=Claims(domain="acme.test"))
    same = Mail(sender=Mailbox("HR", "hr@acme.test"), name="m.eml")
    assert told("claims-contradict", mails=(same,), claims=Claims(domain="acme.test")) == []
    assert told("attached-program", mails=(mail,)) == ["a program or script is attached: Interview.lnk"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_weight_and_a_check(rule):
    from lazaretto.judge.offer_checks import BY_RULE
    from lazaretto.judge.offer_weights import WEIGHTS

    assert rule.id in WEIGHTS
    assert rule.id in BY_RULE
