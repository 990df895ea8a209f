"""Every clause: what meets it, and the near miss; then approvals, teams, modes, and what holds for all rulings."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.judge.gate_clauses.catalog import CLAUSES
from lazaretto.judge.gate_policy import (
    DEFAULT_POLICY,
    PolicyFor,
    check_approval,
    is_internal,
    load_policy,
    mismatch,
    next_change,
    rule,
)
from lazaretto.judge.gate_rule import SERVED, TO_EXAMINE
from lazaretto.judge.gate_terms import Waivable
from lazaretto.model.gate import Approval, Candidate, Examined, Known, Listing
from lazaretto.model.intel import Coverage, PackageRecord, Span, Trust
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade, Outcome

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
OLD = NOW - timedelta(days=400)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHA512, SHA256 = "a" * 128, "b" * 64


def listing(name="left-pad", ecosystem="npm", **more):
    return Listing(ecosystem, name, **{"first_published": OLD, "versions": 9, **more})


def candidate(of=None, version="1.3.0", **more):
    facts = {"digests": (("sha512", SHA512),), "published": OLD, "licence": "MIT", **more}
    return Candidate(of or listing(), version, f"{version}.tgz", **facts)


def examined(grade=Grade.NOTHING_FOUND, **more):
    facts = {
        "score": 7.5,
        "complete": True,
        "rules": ("x/y",),
        "summary": Message("m"),
        "engine": "e",
        "at": NOW,
        **more,
    }
    return Examined(SHA256, grade, **facts)


CLEAN = Known(examined=examined())


def record(**more):
    facts = {
        "coverage": Coverage.STATED,
        "source": "s",
        "trust": Trust.HIGH,
        "versions": ("1.3.0",),
        "advisory": "MAL-1",
    }
    return PackageRecord("npm", "left-pad", **{**facts, **more})


def approval(subject="npm:left-pad", *clauses, **more):
    facts = {"id": "A1", "reason": "read", "owner": "kim", "created": NOW - DAY, "expires": NOW + 30 * DAY, **more}
    return Approval(subject=subject, clauses=clauses, **facts)


def ruled(text="", of=None, known=CLEAN, **more):
    return rule(load_policy(text), of or candidate(), known, now=NOW, **more)


def seen(ruling):
    """Outcome and clause of every hit, the deciding first."""
    return ruling.outcome.name, *[hit.clause for hit in ruling.hits]


def test_an_ordinary_file_is_served_once_it_is_examined():
    assert ruled(known=Known()) is TO_EXAMINE
    assert ruled() is SERVED
    assert ruled('examination.action = "off"', known=Known()) is SERVED
    assert ruled('examination.except = ["npm:left-pad@1.3.0"]', known=Known()) is SERVED
    assert ruled('examination.except = ["npm:left-pad@1.4.0"]', known=Known()) is TO_EXAMINE


def quarantine_examined(**more):
    return Known(examined=examined(**more))


LOOKS = {
    "malicious": (
        Known(examined=examined(Grade.MALICIOUS)),
        "BLOCK",
        "left-pad 1.3.0 was examined and looks malicious (x/y)",
    ),
    "suspicious": (
        Known(examined=examined(Grade.SUSPICIOUS)),
        "QUARANTINE",
        "left-pad 1.3.0 was examined and looks suspicious (x/y)",
    ),
    "incomplete": (
        Known(examined=examined(complete=False)),
        "QUARANTINE",
        "left-pad 1.3.0 could be examined only in part",
    ),
    "failed": (
        Known(examined=examined(complete=False, failed=True)),
        "QUARANTINE",
        "left-pad 1.3.0 could not be examined",
    ),
    "malicious and incomplete": (
        Known(examined=examined(Grade.MALICIOUS, complete=False)),
        "BLOCK",
        "left-pad 1.3.0 was examined and looks malicious (x/y)",
    ),
}


@pytest.mark.parametrize("case", LOOKS)
def test_examination(case):
    known, outcome, sentence = LOOKS[case]
    ruling = ruled(known=known)
    assert seen(ruling) == (outcome, "examination")
    assert ruling.message.english() == sentence
    assert not ruling.examine


def test_an_open_failure_is_served_and_told():
    text = '[examination]\non-error = "warn"\nincomplete = "warn"\nfail-open = true'
    ruling = ruled(text, known=Known(examined=examined(failed=True)))
    assert seen(ruling) == ("ALLOW", "examination")
    assert ruling.hits[0].warn
    assert load_policy(text).fail_open == ("",)
    assert DEFAULT_POLICY.fail_open == ()
    assert seen(ruled(text, known=Known(examined=examined(Grade.MALICIOUS, complete=False)))) == (
        "BLOCK",
        "examination",
    )


def test_an_examination_that_only_warns_still_examines():
    text = '[examination]\naction = "warn"\nfail-open = true'
    assert ruled(text, known=Known()) is TO_EXAMINE
    assert seen(ruled(text, known=Known(examined=examined(Grade.MALICIOUS)))) == ("ALLOW", "examination")


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"name": "right-pad"}, "the archive offered as left-pad 1.3.0 says that it is right-pad "),
        ({"version": "9.9.9"}, "the archive offered as left-pad 1.3.0 says that it is left-pad 9.9.9"),
    ],
)
def test_mismatch_of_the_archive(what, sentence):
    for text in ("", 'mode = "observe"'):
        ruling = ruled(text, known=Known(examined=examined(**what)))
        assert seen(ruling) == ("BLOCK", "mismatch")
        assert ruling.message.english() == sentence


def test_near_misses_of_mismatch():
    assert ruled(known=Known(examined=examined(name="left-pad", version="v1.3.0"))) is SERVED
    python = candidate(listing("zope-interface", "pypi"), "1.0")
    assert ruled(of=python, known=Known(examined=examined(name="Zope.Interface", version="1.0.0"))) is SERVED
    assert seen(ruled(of=python, known=Known(examined=examined(name="Zope.Interface", version="1.0.1")))) == (
        "BLOCK",
        "mismatch",
    )


def test_mismatch_of_the_bytes():
    ruling = mismatch(candidate(), "sha512", "aa", "bb")
    assert ruling.clause == "mismatch"
    assert ruling.message.english() == "left-pad 1.3.0: the sha512 of what arrived is bb, the registry announced aa"


MALWARE = {
    "listed": (record(), "BLOCK"),
    "a span": (record(versions=(), spans=(Span("1.0.0", "1.4.0"),)), "BLOCK"),
    "every version": (record(versions=(), coverage=Coverage.ALL), "BLOCK"),
    "made for a campaign": (record(versions=(), coverage=Coverage.ALL, advisory="", campaign="c"), "BLOCK"),
    "not comparable": (record(versions=(), spans=(Span("rubbish", "more rubbish"),)), "QUARANTINE"),
    "of a campaign": (record(versions=("2.0.0",), coverage=Coverage.LISTED, campaign="c"), "QUARANTINE"),
    "an unsure list": (record(trust=Trust.LOW), "QUARANTINE"),
    "another version": (record(versions=("2.0.0",)), None),
    "hijacked, another version": (record(versions=("2.0.0",), coverage=Coverage.HIJACKED), None),
    "withdrawn": (record(withdrawn="2026-01-01"), None),
    "expired": (record(expires="2026-01-01"), None),
}


@pytest.mark.parametrize("case", MALWARE)
def test_malware(case):
    given_, outcome = MALWARE[case]
    for text in ("", 'mode = "warn"'):
        ruling = ruled(text, known=replace(CLEAN, records=(given_,)))
        assert seen(ruling) == ((outcome, "malware") if outcome else ("ALLOW",))


def test_malware_is_let_pass_only_when_that_is_said():
    bad = replace(CLEAN, bad_digest="MAL-7")
    assert seen(ruled('malware.action = "observe"', known=bad)) == ("ALLOW", "malware")
    assert ruled('malware.action = "off"', known=bad) is SERVED


def test_malware_by_digest():
    ruling = ruled(known=replace(CLEAN, bad_digest="MAL-7"))
    assert seen(ruling) == ("BLOCK", "malware")
    assert ruling.message.english() == "the file 1.3.0.tgz of left-pad 1.3.0 is recorded as malicious: MAL-7"


def test_internal_names():
    text = '[internal]\nnames = ["npm:@acme/*", "pypi:acme-*"]'
    public, private = listing("@acme/ui"), listing("@acme/ui", private=True)
    assert seen(ruled(text, candidate(public))) == ("BLOCK", "internal")
    assert seen(ruled('mode = "observe"\n' + text, candidate(public))) == ("BLOCK", "internal")
    assert ruled(text, candidate(private)) is SERVED
    assert ruled(text, candidate(listing("@acme2/ui"))) is SERVED
    policy = load_policy(text)
    assert is_internal(policy, "pypi", "acme-tools")
    assert not is_internal(policy, "npm", "acme-tools")


DENY = '[[deny]]\nreason = "we use another"\n'


@pytest.mark.parametrize(
    ("line", "hits"),
    [
        ('match = "npm:left-pad"', True),
        ('match = "npm:left-*"', True),
        ('match = "npm:left-pad@1.3.0"', True),
        ('match = "npm:left-pad@>=1 <2"', True),
        (f'match = "sha512:{SHA512}"', True),
        (f'match = "sha256:{SHA256}"', True),
        ('publishers = ["npm:mallory"]', True),
        ('publishers = ["npm:mal*"]', True),
        ('match = "npm:left-pad@>=1.4"', False),
        ('match = "npm:left-pads"', False),
        ('match = "pypi:left-pad"', False),
        (f'match = "sha256:{"c" * 64}"', False),
        ('publishers = ["pypi:mallory"]', False),
        ('publishers = ["npm:alice"]', False),
    ],
)
def test_the_deny_list(line, hits):
    ruling = ruled(DENY + line, candidate(publisher="mallory"))
    assert seen(ruling) == (("BLOCK", "deny") if hits else ("ALLOW",))
    if hits:
        assert ruling.message.english() == "left-pad 1.3.0 is on the deny list: we use another"


def test_a_deny_line_ends_and_may_only_warn():
    text = DENY + 'match = "npm:left-pad"\nexpires = 2026-11-30\n'
    ruling = ruled(text)
    assert ruling.until == datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    assert ruling.message.english() == "left-pad 1.3.0 is on the deny list until 2026-12-01 00:00 UTC: we use another"
    assert rule(load_policy(text), candidate(), CLEAN, now=NOW + 6 * DAY) is SERVED
    soft = ruled(DENY + 'match = "npm:left-pad"\naction = "warn"')
    assert seen(soft) == ("ALLOW", "deny")
    assert soft.hits[0].warn


def test_a_version_that_cannot_be_compared_is_denied_and_not_waived():
    odd = candidate(version="not-a-version")
    assert seen(ruled(DENY + 'match = "npm:left-pad@>=1"', odd)) == ("BLOCK", "deny")
    young = replace(odd, published=NOW)
    assert seen(ruled("", young, approvals=(approval("npm:left-pad@>=1"),))) == ("QUARANTINE", "age")


ALLOW = f'[[allow]]\nmatch = "npm:left-pad@1.3.0"\ndigest = "sha512:{SHA512}"\nreason = "audited"\n'


def test_the_allow_list_skips_the_soft_clauses():
    young = candidate(published=NOW, scripts=("install",))
    ruling = ruled(ALLOW, young, Known())
    assert seen(ruling) == ("ALLOW", "allow")
    assert not ruling.examine
    assert seen(ruled(ALLOW, young, Known(bad_digest="MAL-7"))) == ("BLOCK", "malware", "allow")
    assert seen(ruled(ALLOW + DENY + 'match = "npm:left-pad"', young)) == ("BLOCK", "deny", "allow")


@pytest.mark.parametrize(
    "other", [{"version": "1.3.1"}, {"digests": (("sha512", "f" * 128),)}, {"of": listing("left-pad2")}]
)
def test_the_allow_list_is_pinned(other):
    assert ruled(ALLOW, candidate(**{"published": NOW, **other}), Known()).outcome is Outcome.QUARANTINE


def test_an_allow_line_ends():
    text = ALLOW + "expires = 2026-11-24\n"
    assert ruled(text, candidate(published=NOW)).outcome is Outcome.QUARANTINE
    lasting = ALLOW + "expires = 2026-11-26\n"
    ruling = ruled(lasting, candidate(published=NOW))
    assert next_change([ruling], NOW) == datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)


def test_the_minimum_age():
    ruling = ruled(of=candidate(published=NOW - 71 * HOUR))
    assert seen(ruling) == ("QUARANTINE", "age")
    assert ruling.until == NOW + HOUR
    assert ruling.message.english() == (
        "left-pad 1.3.0 was published on 2026-11-22; a new version waits 3 d, until 2026-11-25 09:00 UTC"
    )
    assert ruled(of=candidate(published=NOW - 72 * HOUR)) is SERVED
    assert ruled('age.minimum = "10h"', candidate(published=NOW - 11 * HOUR)) is SERVED
    assert ruled('age.action = "off"', candidate(published=NOW)) is SERVED
    assert ruled(of=candidate(listing(private=True), published=NOW)) is SERVED
    assert seen(ruled("age.private = true", candidate(listing(private=True), published=NOW))) == ("QUARANTINE", "age")
    assert seen(ruled(of=candidate(published=NOW + 9 * DAY))) == ("QUARANTINE", "age")
    assert ruled(of=candidate(published=datetime.max.replace(tzinfo=UTC))).outcome is Outcome.QUARANTINE


def test_other_ages_for_some_names():
    text = """
        [age]
        except = ["npm:@types/*", "npm:left-pad@1.5.0"]
        [[age.override]]
        match = ["npm:left-*"]
        minimum = "5h"
        [[age.override]]
        match = "npm:left-pad2"
        minimum = "9d"
    """
    assert ruled(text, candidate(published=NOW - 6 * HOUR)) is SERVED
    assert seen(ruled(text, candidate(published=NOW - 4 * HOUR))) == ("QUARANTINE", "age")
    assert ruled(text, candidate(version="1.5.0", published=NOW)) is SERVED
    assert ruled(text, candidate(listing("@types/node"), published=NOW)) is SERVED
    assert ruled(text, candidate(listing("left-pad2"), published=NOW)).until == NOW + 9 * DAY


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("", replace(CLEAN, fixes="GHSA-1")),
        ("", replace(CLEAN, records=(record(versions=(), spans=(Span("1.2.0", "1.3.0"),)),))),
        ('age.fixes = ["npm:left-pad@1.3.0"]', CLEAN),
    ],
)
def test_a_security_fix_waits_less(text, known):
    assert ruled(text, candidate(published=NOW - 25 * HOUR), known) is SERVED
    ruling = ruled(text, candidate(published=NOW - 23 * HOUR), known)
    assert seen(ruling) == ("QUARANTINE", "age")
    assert ruling.until == NOW + HOUR
    assert "and fixes" in ruling.message.english()
    assert ruled(of=candidate(published=NOW - 25 * HOUR)).outcome is Outcome.QUARANTINE


def test_a_new_package_waits_longer():
    new = listing(first_published=NOW - 5 * DAY)
    ruling = ruled(of=candidate(new, published=NOW - 4 * DAY))
    assert seen(ruling) == ("QUARANTINE", "new-package")
    assert ruling.until == NOW + 9 * DAY
    assert ruled(of=candidate(listing(first_published=NOW - 14 * DAY), published=NOW - 4 * DAY)) is SERVED
    assert ruled(of=candidate(listing(first_published=None), published=OLD)) is SERVED
    both = ruled(of=candidate(new, published=NOW))
    assert seen(both) == ("QUARANTINE", "new-package", "age")
    text = '[[age.override]]\nmatch = "npm:left-pad"\nnew-package = "4d"'
    assert ruled(text, candidate(new, published=NOW - 4 * DAY)) is SERVED


def test_without_a_date_the_first_sight_counts():
    undated = candidate(published=None)
    ruling = ruled(of=undated, known=replace(CLEAN, first_seen=NOW - 70 * HOUR))
    assert seen(ruling) == ("QUARANTINE", "no-date")
    assert ruling.until == NOW + 2 * HOUR
    assert ruled(of=undated).until == NOW + 3 * DAY
    assert ruled(of=undated, known=replace(CLEAN, first_seen=NOW - 72 * HOUR)) is SERVED
    assert ruled(of=candidate(listing(private=True), published=None)) is SERVED


def test_names_that_imitate():
    squat = candidate(listing("requeests", "pypi"), "1.0")
    ruling = ruled(of=squat)
    assert seen(ruling) == ("QUARANTINE", "typosquat")
    assert ruling.message.english() == "requeests is one slip of the fingers away from requests; was requests meant?"
    assert ruled(of=candidate(listing("requests", "pypi"), "1.0")) is SERVED
    assert ruled(of=candidate(listing("quite-another-thing", "pypi"), "1.0")) is SERVED
    own = 'typosquat.names = ["npm:acme-widgets"]'
    assert seen(ruled(own, candidate(listing("acme-widgest")))) == ("QUARANTINE", "typosquat")
    assert ruled(of=candidate(listing("acme-widgest"))) is SERVED
    assert ruled(own, candidate(listing("acme-widgets"))) is SERVED
    assert ruled('typosquat.except = ["pypi:requeests"]', squat) is SERVED
    internal = '[internal]\nnames = ["npm:acme-widgets", "npm:@acme/*"]'
    assert seen(ruled(internal, candidate(listing("acme-widgest")))) == ("QUARANTINE", "typosquat")


def test_provenance_that_is_lost_or_required():
    lost = candidate(provenance=False, provenance_before=True, published=NOW - 89 * DAY)
    assert seen(ruled(of=lost)) == ("BLOCK", "provenance")
    assert seen(ruled(of=replace(lost, provenance=None))) == ("BLOCK", "provenance")
    assert ruled(of=replace(lost, provenance=True)) is SERVED
    assert ruled(of=candidate(provenance=False, provenance_before=False)) is SERVED
    assert ruled(of=replace(lost, published=NOW - 90 * DAY)) is SERVED
    assert seen(ruled('provenance.settled = "0"', replace(lost, published=OLD))) == ("BLOCK", "provenance")
    assert ruled('provenance.settled = "30d"', lost) is SERVED
    assert seen(ruled('no-date.action = "off"', replace(lost, published=None))) == ("BLOCK", "provenance")
    required = 'provenance.required = ["npm:left-*"]\nprovenance.settled = "90d"'
    assert seen(ruled(required, candidate(provenance=False))) == ("BLOCK", "provenance")
    assert seen(ruled(required)) == ("BLOCK", "provenance")
    assert ruled(required, candidate(provenance=True)) is SERVED
    assert ruled('provenance.required = ["npm:right-*"]') is SERVED


@pytest.mark.parametrize(
    ("facts", "clause", "sentence"),
    [
        (
            {"scripts": ("preinstall", "install")},
            "scripts",
            "installing left-pad 1.3.0 runs its scripts (preinstall, install), and it is not among those that may",
        ),
        ({"builds": True}, "builds", "installing left-pad 1.3.0 runs its build, and it is not among those that may"),
        (
            {"publisher": "mallory", "publisher_before": "alice"},
            "publisher",
            "left-pad 1.3.0 was published by mallory, the version before by alice",
        ),
        ({"yanked": ""}, "yanked", "left-pad 1.3.0 was yanked by its author"),
        ({"yanked": "broken"}, "yanked", "left-pad 1.3.0 was yanked by its author: broken"),
        ({"deprecated": "use pad"}, "deprecated", "left-pad 1.3.0 is deprecated: use pad"),
    ],
)
def test_clauses_that_warn_by_default(facts, clause, sentence):
    ruling = ruled(of=candidate(**facts))
    assert seen(ruling) == ("ALLOW", clause)
    assert ruling.hits[0].warn
    assert ruling.hits[0].message.english() == sentence
    assert ruling.would is Outcome.ALLOW
    assert seen(ruled(f'{clause}.action = "quarantine"', candidate(**facts))) == ("QUARANTINE", clause)
    assert seen(ruled(f'{clause}.action = "block"', candidate(**facts))) == ("BLOCK", clause)
    assert seen(ruled(f'{clause}.action = "observe"', candidate(**facts))) == ("ALLOW", clause)
    assert not ruled(f'{clause}.action = "observe"', candidate(**facts)).hits[0].warn
    assert ruled(f'{clause}.action = "off"', candidate(**facts)) is SERVED
    assert ruled(f'{clause}.except = ["npm:left-pad"]', candidate(**facts)) is SERVED
    assert ruled(f'{clause}.except = ["npm:left-pad@1.3.x"]', candidate(**facts)) is SERVED
    assert seen(ruled(f'{clause}.except = ["npm:left-pad@1.2.x"]', candidate(**facts))) == ("ALLOW", clause)


def test_near_misses_of_what_warns():
    assert ruled(of=candidate(publisher="alice", publisher_before="alice")) is SERVED
    assert ruled(of=candidate(publisher="alice")) is SERVED
    assert seen(ruled(of=candidate(listing(status="archived")))) == ("ALLOW", "deprecated")


def test_the_registrys_own_quarantine():
    assert seen(ruled(of=candidate(listing(status="quarantined")))) == ("BLOCK", "registry")
    assert ruled(of=candidate(listing(status="active"))) is SERVED


LICENCE = (
    'licence.allow = ["MIT", "Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"]\nlicence.deny = ["AGPL-*"]'
)


@pytest.mark.parametrize(
    ("licence", "outcome"),
    [
        ("MIT", "ALLOW"),
        ("mit", "ALLOW"),
        ("(MIT OR AGPL-3.0-only)", "ALLOW"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "ALLOW"),
        ("MIT AND AGPL-3.0-only", "QUARANTINE"),
        ("AGPL-3.0+", "QUARANTINE"),
        ("GPL-2.0-only", "QUARANTINE"),
        ("BSD-3-Clause AND (MIT OR Apache-2.0)", "QUARANTINE"),
        ("", "ALLOW, told"),
        ("SEE LICENSE IN licence.txt", "ALLOW, told"),
        ("UNLICENSED", "ALLOW, told"),
        ("MIT OR", "ALLOW, told"),
        ("(" * 50 + "MIT", "ALLOW, told"),
    ],
)
def test_licences(licence, outcome):
    ruling = ruled(LICENCE, candidate(licence=licence))
    assert seen(ruling)[0] == outcome.partition(",")[0]
    assert bool(ruling.hits) == (outcome != "ALLOW")
    assert ruled(of=candidate(licence=licence)) is SERVED


def test_the_most_severe_decides_and_all_are_recorded():
    bad = candidate(published=NOW, scripts=("install",), provenance=False, provenance_before=True)
    ruling = ruled(of=bad, known=replace(CLEAN, bad_digest="MAL-7"))
    assert seen(ruling) == ("BLOCK", "malware", "provenance", "age", "scripts")


def test_the_end_of_a_refusal_is_the_end_of_its_last_reason():
    assert ruled(of=candidate(published=NOW, provenance=False, provenance_before=True)).until is None
    squat = listing("requeests", "pypi")
    assert seen(ruled(of=candidate(squat, "1.0", published=NOW)))[1:] == ("typosquat", "age")
    text = DENY + 'match = "npm:left-pad"\nexpires = 2026-11-25'
    ruling = ruled(text, candidate(published=NOW))
    assert ruling.clause == "deny"
    assert ruling.until == NOW + 3 * DAY
    assert ruling.hits[0].until == NOW + 3 * DAY


def test_next_change():
    early, late = ruled(of=candidate(published=NOW - 70 * HOUR)), ruled(of=candidate(published=NOW))
    assert next_change([late, SERVED, early], NOW) == NOW + 2 * HOUR
    assert next_change([early, late], NOW + 2 * HOUR) == NOW + 3 * DAY
    assert next_change([SERVED], NOW) is None


YOUNG = candidate(published=NOW)


def test_an_approval_lifts_but_is_recorded():
    ruling = ruled(of=YOUNG, approvals=(approval(),))
    assert seen(ruling) == ("ALLOW", "age")
    assert ruling.hits[0].waived == "A1"
    assert ruling.would is Outcome.QUARANTINE
    assert next_change([ruling], NOW) == NOW + 3 * DAY
    short = ruled(of=YOUNG, approvals=(approval(expires=NOW + HOUR),))
    assert next_change([short], NOW) == NOW + HOUR
    assert ruled(of=YOUNG, known=Known(), approvals=(approval(),)).examine


@pytest.mark.parametrize(
    ("subject", "lifted"),
    [
        ("npm:left-pad", True),
        ("npm:left-*", True),
        ("npm:left-pad@1.3.0", True),
        ("npm:left-pad@^1.2", True),
        (f"sha512:{SHA512}", True),
        (f"sha256:{SHA256}", True),
        ("npm:left-pad@1.2.0", False),
        ("npm:left-padd", False),
        ("pypi:left-pad", False),
        (f"sha256:{'c' * 64}", False),
        ("left-pad", False),
        ("npm:", False),
    ],
)
def test_subjects_of_approvals(subject, lifted):
    assert ruled(of=YOUNG, approvals=(approval(subject),)).outcome.name == ("ALLOW" if lifted else "QUARANTINE")


@pytest.mark.parametrize(
    "broken",
    [
        {"expires": NOW},
        {"expires": NOW - DAY},
        {"expires": NOW + 200 * DAY},
        {"created": None},
        {"created": NOW + DAY},
        {"revoked": NOW - HOUR},
        {"team": "web"},
        {"reason": " "},
        {"owner": ""},
    ],
)
def test_approvals_that_do_nothing(broken):
    assert seen(ruled(of=YOUNG, approvals=(approval(**broken),))) == ("QUARANTINE", "age")


def test_an_approval_lifts_only_the_clauses_that_it_names():
    bad = replace(YOUNG, provenance=False, provenance_before=True)
    assert seen(ruled(of=bad, approvals=(approval("npm:left-pad", "age"),))) == ("BLOCK", "provenance", "age")
    assert seen(ruled(of=bad, approvals=(approval("npm:left-pad", "provenance"),))) == (
        "QUARANTINE",
        "age",
        "provenance",
    )


def test_an_approval_of_a_team_is_the_teams():
    text = "[teams.web]\n[teams.app]"
    assert ruled(text, YOUNG, team="web", approvals=(approval(team="web"),)).outcome is Outcome.ALLOW
    assert ruled(text, YOUNG, team="app", approvals=(approval(team="web"),)).outcome is Outcome.QUARANTINE


def test_longer_approvals_when_the_policy_says_so():
    assert ruled("waiver-days = 365", YOUNG, approvals=(approval(expires=NOW + 300 * DAY),)).outcome is Outcome.ALLOW


def test_malware_needs_two_approvers_and_one_version():
    bad = replace(CLEAN, records=(record(),))
    two = {"approved_by": "lee, park"}
    assert ruled(known=bad, approvals=(approval("npm:left-pad@1.3.0", "malware", **two),)).outcome is Outcome.ALLOW
    for subject, clauses, more in (
        ("npm:left-pad@1.3.0", ("malware",), {"approved_by": "lee"}),
        ("npm:left-pad@1.3.0", ("malware",), {"approved_by": "lee, Lee"}),
        ("npm:left-pad@1.3.0", ("malware",), {"approved_by": "lee, kim"}),
        ("npm:left-pad@1.3.0", (), two),
        ("npm:left-pad", ("malware",), two),
        ("npm:left-pad@1.x", ("malware",), two),
    ):
        assert ruled(known=bad, approvals=(approval(subject, *clauses, **more),)).outcome is Outcome.BLOCK


def test_the_deny_list_is_lifted_by_the_file_only():
    text = DENY + 'match = "npm:left-pad"\n'
    assert ruled(text, approvals=(approval("npm:left-pad", "deny"),)).outcome is Outcome.BLOCK
    waiver = """
        [[waivers]]
        subject = "npm:left-pad@1.3.0"
        clauses = ["deny"]
        reason = "until the other is there"
        owner = "kim"
        created = 2026-11-20
        expires = 2026-12-20
    """
    assert seen(ruled(text + waiver)) == ("ALLOW", "deny")
    assert ruled(text + waiver).hits[0].waived == "file:npm:left-pad@1.3.0"
    assert ruled(text + waiver, candidate(version="1.3.1")).outcome is Outcome.BLOCK


def test_why_an_approval_does_nothing():
    def why(one):
        message = check_approval(DEFAULT_POLICY, one)
        return message and message.english()

    assert why(approval()) is None
    assert why(approval("left-pad")) == (
        "approval A1: subject left-pad cannot be read; write npm:NAME, npm:NAME@RANGE, pypi:NAME==VERSION or sha256:HEX"
    )
    assert why(approval("npm:x", "internal")) == "approval A1: nothing lifts the clause internal"
    assert why(approval("npm:x", "ages")) == "approval A1: ages is no clause; did you mean age?"
    assert why(approval("npm:x", "deny")) == "approval A1: only a waiver in the policy file lifts the clause deny"
    assert why(approval("npm:x@1.0.0", "malware")) == "approval A1: malware needs two approvers other than the owner"
    assert why(approval(expires=NOW + 300 * DAY)) == "approval A1 lasts longer than 90 days; give an earlier expiry"


TEAMS = """
    [scripts]
    action = "quarantine"
    except = ["npm:esbuild"]
    [teams.web]
    mode = "warn"
    [teams.app.scripts]
    action = "warn"
    [teams.app.age]
    minimum = "10d"
    [[teams.app.deny]]
    match = "npm:moment"
    reason = "too big"
    [[deny]]
    match = "npm:request"
    reason = "abandoned"
"""


def test_teams_change_single_keys():
    scripted = candidate(scripts=("install",))
    assert seen(ruled(TEAMS, scripted)) == ("QUARANTINE", "scripts")
    assert seen(ruled(TEAMS, scripted, team="app")) == ("ALLOW", "scripts")
    assert ruled(TEAMS, candidate(listing("esbuild"), scripts=("postinstall",)), team="app") is SERVED
    assert seen(ruled(TEAMS, candidate(published=NOW - 5 * DAY), team="app")) == ("QUARANTINE", "age")
    assert ruled(TEAMS, candidate(published=NOW - 5 * DAY)) is SERVED
    assert ruled(TEAMS, scripted, team="nobody").outcome is Outcome.QUARANTINE
    for name, base, app in (("moment", "ALLOW", "BLOCK"), ("request", "BLOCK", "BLOCK")):
        assert ruled(TEAMS, candidate(listing(name))).outcome.name == base
        assert ruled(TEAMS, candidate(listing(name)), team="app").outcome.name == app


@pytest.mark.parametrize(("mode", "warned"), [("warn", True), ("observe", False)])
def test_modes_that_refuse_nothing(mode, warned):
    ruling = ruled(f'mode = "{mode}"', YOUNG, Known())
    assert seen(ruling) == ("ALLOW", "age")
    assert ruling.hits[0].outcome is Outcome.QUARANTINE
    assert ruling.hits[0].warn is warned
    assert ruling.would is Outcome.QUARANTINE
    assert ruling.examine
    assert ruled(TEAMS, YOUNG, team="web").hits[0].warn


# What holds for all.

worse = st.fixed_dictionaries(
    {},
    optional={
        "scripts": st.just(("install",)),
        "builds": st.just(True),
        "yanked": st.just("broken"),
        "deprecated": st.just("old"),
        "publisher": st.just("mallory"),
        "published": st.just(NOW),
        "provenance": st.just(False),
    },
)
knowing = st.builds(
    Known,
    records=st.sampled_from([(), (record(),), (record(versions=("2.0.0",), coverage=Coverage.LISTED, campaign="c"),)]),
    bad_digest=st.sampled_from(["", "MAL-7"]),
    examined=st.sampled_from([
        None, examined(), examined(Grade.SUSPICIOUS), examined(Grade.MALICIOUS), examined(failed=True), examined(name="z"),
    ]),
)  # fmt: skip
POLICIES = [
    load_policy(text)
    for text in (
        "",
        TEAMS,
        ALLOW,
        'mode = "observe"',
        LICENCE,
        '[scripts]\naction="block"\n[builds]\naction="quarantine"\n[yanked]\naction="block"',
        '[internal]\nnames=["npm:left-*"]',
    )
]


def more_known(some, other):
    """All of both; of two examinations the worse of everything."""
    both = [one.examined for one in (some, other) if one.examined is not None]
    worst = both[0] if both else None
    if len(both) > 1:
        worst = replace(
            worst,
            grade=max(one.grade for one in both),
            complete=all(one.complete for one in both),
            failed=any(one.failed for one in both),
            name=both[0].name or both[1].name,
        )
    return Known(some.records + other.records, worst, bad_digest=some.bad_digest or other.bad_digest)


@given(st.sampled_from(POLICIES), worse, worse, knowing, knowing, st.sampled_from(["", "app"]))
def test_more_evidence_never_softens(policy, facts, more, known, further, team):
    base = {"provenance_before": True, "provenance": True, "publisher_before": "alice", "publisher": "alice"}
    before = rule(policy, candidate(**{**base, **facts}), known, team=team, now=NOW)
    after = rule(policy, candidate(**{**base, **facts, **more}), more_known(known, further), team=team, now=NOW)
    assert after.outcome >= before.outcome
    assert after.would >= before.would
    assert {hit.clause for hit in before.hits} <= {hit.clause for hit in after.hits}


approvals = st.lists(
    st.builds(
        approval,
        st.sampled_from(["npm:*", "npm:left-pad", "npm:left-pad@1.3.0", f"sha512:{SHA512}"]),
        *[st.sampled_from([clause.id for clause in CLAUSES])] * 2,
        approved_by=st.sampled_from(["", "lee", "lee, park", "kim, kim"]),
        expires=st.sampled_from([NOW - DAY, NOW, NOW + DAY, NOW + 80 * DAY]),
    ),
    max_size=4,
)
NEVER = {clause.id for clause in CLAUSES if clause.waivable in (Waivable.NEVER, Waivable.FILE)}


@given(st.sampled_from(POLICIES), worse, knowing, approvals)
def test_what_cannot_be_waived_is_not(policy, facts, known, given_):
    without = rule(policy, candidate(**facts), known, now=NOW)
    ruling = rule(policy, candidate(**facts), known, approvals=tuple(given_), now=NOW)
    assert ruling.outcome <= without.outcome
    assert ruling.would == without.would
    assert {hit.clause for hit in ruling.hits} == {hit.clause for hit in without.hits}
    for hit in ruling.hits:
        assert not (hit.waived and hit.clause in NEVER)
    if any(hit.clause in NEVER for hit in ruling.hits):
        assert ruling.outcome is Outcome.BLOCK
    dead = tuple(one for one in given_ if one.expires <= NOW)
    assert rule(policy, candidate(**facts), known, approvals=dead, now=NOW) == without


@given(st.sampled_from(POLICIES), worse, knowing, approvals)
def test_a_page_and_a_file_agree(policy, facts, known, given_):
    page = PolicyFor(policy, listing(), approvals=tuple(given_), now=NOW)
    page.rule(candidate(version="1.2.0"), CLEAN)
    assert page.rule(candidate(**facts), known) == rule(
        policy, candidate(**facts), known, approvals=tuple(given_), now=NOW
    )


@given(st.sampled_from(POLICIES), worse, knowing)
def test_a_refusal_ends_when_it_says_and_not_before(policy, facts, known):
    ruling = rule(policy, candidate(**facts), known, now=NOW)
    if ruling.until is not None:
        early = rule(policy, candidate(**facts), known, now=ruling.until - timedelta(seconds=1))
        assert early.outcome > Outcome.ALLOW
        assert rule(policy, candidate(**facts), known, now=ruling.until).outcome is Outcome.ALLOW
    json.dumps([hit.message.english() for hit in ruling.hits])
