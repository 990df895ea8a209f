from dataclasses import replace

import pytest

from lazaretto.intel.match import match_packages
from lazaretto.intel.seed import seeds
from lazaretto.intel.standing import Standing, decide, is_live, live
from lazaretto.model.finding import Confidence, Severity
from lazaretto.model.intel import Coverage, PackageRecord, Span, Trust
from lazaretto.model.package import Package, Relation

NOW = "2099-06-15T12:00:00Z"


def record(coverage=Coverage.STATED, versions=(), spans=(), **more):
    given = {"advisory": "MAL-2099-1", "date": "2099-01-01", "feed": "osv", **more}
    return PackageRecord("npm", "evil-example", coverage, "osv", Trust.HIGH, versions, spans=spans, **given)


def test_withdrawn_and_expired_never_count():
    assert is_live(record(), NOW)
    assert not is_live(record(withdrawn="2099-01-01T00:00:00Z"), NOW)
    assert not is_live(record(withdrawn="unknown"), NOW)
    assert not is_live(record(withdrawn="2199-01-01T00:00:00Z"), "2000-01-01T00:00:00Z")  # whatever the clock says
    assert is_live(record(expires="2099-06-15"), NOW)  # to the end of that day
    assert not is_live(record(expires="2099-06-14"), NOW)
    assert is_live(record(expires="2099-06"), NOW)
    assert not is_live(record(expires="2099-06-15T12:00:00Z"), NOW)
    assert live([record(withdrawn="2099-01-01"), record(versions=("1.0.0",))], NOW) == [record(versions=("1.0.0",))]


def test_several_records_of_one_name():
    first, second = record(versions=("1.0.0",)), record(versions=("2.0.0",), advisory="MAL-2099-2")
    assert decide("2.0.0", [first, second]).record is second
    assert decide("3.0.0", [first, second]).standing is Standing.OTHER
    assert decide("1.0.0", []).standing is Standing.NOTHING


def test_deleted_and_made_again_by_somebody_else():
    """The first life of the name is over: its record was withdrawn, a new one lists what is bad now."""
    before = record(Coverage.ALL, spans=(Span("0"),), withdrawn="2099-02-01T00:00:00Z")
    after = record(versions=("9.0.0",), advisory="MAL-2099-2")
    records = live([before, after], NOW)
    assert decide("1.0.0", records).standing is Standing.OTHER
    assert decide("9.0.0", records).standing is Standing.HIT


def test_every_version_is_a_statement_or_an_assumption():
    stated = record(Coverage.ALL, ("1.0.0",), (Span("0"),))
    listed = record(Coverage.LISTED, ("2.0.0",), campaign="lure", advisory="")
    assert decide("7.0.0", [stated, listed]).standing is Standing.HIT
    made = record(Coverage.ALL, advisory="", campaign="lure")
    assert decide("7.0.0", [made]).standing is Standing.MADE
    decision = decide("7.0.0", [made, record(versions=("2.0.0",))])
    assert (decision.standing, decision.record.campaign) == (Standing.NAMED, "lure")


def test_the_record_with_a_campaign_speaks_first():
    plain, told = record(versions=("1.0.0",)), record(versions=("1.0.0",), campaign="lure", advisory="")
    assert decide("1.0.0", [plain, told]).record is told


def test_a_suspicion_is_no_verdict_and_never_outranks_a_certain_record():
    suspected = record(versions=("1.0.0",), campaign="lure", advisory="")
    suspected = replace(suspected, trust=Trust.LOW)
    (finding,) = findings([suspected], "1.0.0")
    assert finding[:3] == (NAMED, Severity.MEDIUM, Confidence.LOW)
    certain = record(versions=("1.0.0",))
    assert decide("1.0.0", [suspected, certain]).record is certain
    assert findings([suspected, certain], "1.0.0")[0][0] == BAD


def findings(found, version="", requirement="", relation=Relation.LOCKED, name="evil-example"):
    package = Package("npm", name, version, "package-lock.json", 3, relation, requirement)
    return [
        (one.rule, one.severity, one.confidence, one.message.english())
        for one in match_packages([package], {("npm", name): found})
    ]


BAD, NAMED = "intel/malicious-package", "intel/campaign-name-listed"


def test_findings_of_a_stored_record():
    assert findings([record(spans=(Span("1.95.6", "1.95.8"),))], "1.95.7") == [
        (BAD, Severity.CRITICAL, Confidence.HIGH,
         "evil-example 1.95.7 is recorded as malicious: MAL-2099-1, osv (2099-01-01, high)")
    ]  # fmt: skip
    assert findings([record(spans=(Span("1.95.6", "1.95.8"),))], "1.95.8") == []
    (every,) = findings([record(Coverage.ALL, ("1.0.0",), (Span("0"),))], "5.0.0")
    assert every[3] == "every version of evil-example is recorded as malicious: MAL-2099-1, osv (2099-01-01, high)"
    (placeholder,) = findings([record(Coverage.ALL, (), (Span("0"),))], "0.0.1-security")
    assert placeholder[:2] == (NAMED, Severity.LOW)


def test_ranges_of_a_manifest():
    stated = [record(spans=(Span("1.95.6", "1.95.8"),))]
    (admits,) = findings(stated, requirement="^1.95.0", relation=Relation.DECLARED)
    assert (admits[1], admits[2]) == (Severity.LOW, Confidence.LOW)
    assert findings(stated, requirement="^2.0.0", relation=Relation.DECLARED) == []
    assert findings(stated, requirement="*", relation=Relation.DECLARED) == []


def test_what_cannot_be_compared_is_told():
    other = replace(record(spans=(Span("1.0.0", "2.0.0"),)), ecosystem="gem")
    package = Package("gem", "evil-example", "1.5.0", "Gemfile.lock")
    (finding,) = match_packages([package], {("gem", "evil-example"): [other]})
    assert (finding.rule, finding.severity, finding.confidence) == (NAMED, Severity.MEDIUM, Confidence.LOW)


@pytest.mark.parametrize("coverage", [Coverage.WATCH, Coverage.STATED])
def test_a_list_without_versions(coverage):
    found = findings([record(coverage, advisory="")], "1.0.0")
    assert [one[0] for one in found] == ([NAMED] if coverage is Coverage.WATCH else [])


def test_a_homoglyph_is_another_name():
    assert findings([record(Coverage.ALL, (), (Span("0"),))], "1.0.0", name="ev\u0456l-example")  # as looked up
    package = Package("npm", "evil-example", "1.0.0", "package-lock.json")
    assert (
        list(match_packages([package], {("npm", "ev\u0456l-example"): [record(Coverage.ALL, (), (Span("0"),))]})) == []
    )


def test_what_comes_from_the_projects_own_folders_is_not_held_against_a_registrys_name():
    every = {("npm", "evil-example"): [record(Coverage.ALL, (), (Span("0"),))]}
    declared = Package("npm", "evil-example", "", "package.json", 1, Relation.DECLARED, "*")
    linked = Package("npm", "evil-example", "1.0.0", "package-lock.json", 1, Relation.LOCKED, "file:packages/evil")
    fetched = Package("npm", "evil-example", "1.0.0", "other/package-lock.json")
    assert list(match_packages([declared, linked], every)) == []
    assert [one.locations[0].path for one in match_packages([declared, linked, fetched], every)] == [
        "package.json", "package-lock.json", "other/package-lock.json",
    ]  # fmt: skip
    for requirement in ("workspace:*", "link:./x", "../x", "./x", "/srv/x"):
        assert list(match_packages([replace(declared, requirement=requirement)], every)) == []
    assert len(list(match_packages([declared], every))) == 1


def test_seeds_keep_facts_and_sources():
    facts = {one.entities[0].id: one for one in seeds()}
    graphalgo = facts["graphalgo"]
    assert graphalgo.entities[0].actor == "Lazarus Group (per ReversingLabs)"
    record = next(one for one in graphalgo.packages if (one.ecosystem, one.name) == ("npm", "graphalgo"))
    assert (record.advisory, record.campaign) == ("MAL-2025-3687", "graphalgo")
    assert {one.source for one in graphalgo.packages} <= {one.key for one in graphalgo.references}
    assert all(one.last_seen for one in graphalgo.indicators)
