import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intel.feeds.feed import Document, DocumentError
from lazaretto.intel.feeds.stix import compared, read
from lazaretto.model.intel import Coverage, Relation, Scope, Tlp, Trust

C, IND, A = (
    f"{kind}--00000000-0000-4000-8000-00000000000{n}" for n, kind in enumerate(("campaign", "indicator", "identity"))
)


def bundle(*objects, **more):
    return {"type": "bundle", "id": "bundle--1", "objects": list(objects), **more}


def indicator(pattern, number=0, **more):
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{number:08d}-0000-4000-8000-000000000000",
        "created": "2099-01-01T00:00:00Z",
        "modified": "2099-01-02T00:00:00Z",
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": "2099-01-01T00:00:00.000Z",
        **more,
    }


def test_a_bundle(document):
    facts = read(
        document(
            bundle(
                {"type": "identity", "id": A, "name": "A Research Team"},
                {
                    "type": "campaign", "id": C, "name": "Test Campaign", "aliases": ["TC"], "first_seen": "2099-01-01T00:00:00Z",
                    "description": "two\nlines", "created_by_ref": A, "confidence": 85,
                    "external_references": [{"source_name": "x", "url": "https://report.example.test/1"}],
                },
                {**indicator("[domain-name:value = 'c2.example.test']"), "id": IND, "confidence": 20,
                 "valid_until": "2099-06-01T00:00:00Z", "object_marking_refs": ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]},
                {"type": "relationship", "id": "relationship--1", "relationship_type": "indicates", "source_ref": IND, "target_ref": C},
                {"type": "sighting", "id": "sighting--1", "sighting_of_ref": IND, "count": 3, "where_sighted_refs": [A]},
            )
        )
    )  # fmt: skip
    assert facts.rejected == ()
    campaign = next(one for one in facts.entities if one.kind == "campaign")
    assert (campaign.name, campaign.aliases, campaign.description) == ("Test Campaign", ("TC",), "two lines")
    assert (campaign.source, campaign.trust, campaign.first_seen) == (
        "A Research Team",
        Trust.HIGH,
        "2099-01-01T00:00:00Z",
    )
    (one,) = facts.indicators
    assert (one.kind, one.value, one.scope, one.campaign) == ("domain", "c2.example.test", Scope.HOST, C)
    assert (one.trust, one.expires, one.tlp) == (Trust.LOW, "2099-06-01T00:00:00Z", Tlp.AMBER)
    assert facts.relations == (Relation(IND, "indicates", C),)
    assert (facts.sightings[0].count, facts.sightings[0].where) == (3, "A Research Team")
    assert facts.references[0].url == "https://report.example.test/1"


def test_alternatives_and_what_must_come_together():
    values, together, _ = compared("[domain-name:value = 'a.example.test' OR domain-name:value = 'b.example.test']")
    assert ([value[1] for value in values], together) == (["a.example.test", "b.example.test"], False)
    assert compared("[url:value = 'http://a.example.test/AND/x' AND file:name = 'x']")[1] is True
    assert compared("[url:value = 'http://a.example.test/x AND y']")[1] is False
    values, _, _ = compared("[file:hashes.'SHA-256' = '" + "a" * 64 + "' OR file:hashes.MD5 = '" + "b1" * 16 + "']")
    assert [value[0] for value in values] == ["sha256", "md5"]
    values, _, _ = compared("[ipv4-addr:value IN ('198.51.100.7', '198.51.100.8')]")
    assert len(values) == 2
    assert compared("[domain-name:value != 'good.example.test']")[0] == []
    assert compared("[NOT domain-name:value = 'x']")[0] == []


def test_what_must_come_together_is_for_hunting_only(document):
    (one, _) = read(
        document(bundle(indicator("[domain-name:value = 'a.example.test' AND file:name = 'x.js']")))
    ).indicators
    assert (one.scope, one.trust) == (Scope.HUNT, Trust.LOW)


def test_packages_in_patterns(document):
    facts = read(document(bundle(indicator("[software:name = 'pkg:npm/%40scope/evil@1.0.0']"))))
    (package,) = facts.packages
    assert (package.ecosystem, package.name, package.versions) == ("npm", "@scope/evil", ("1.0.0",))
    assert package.coverage is Coverage.STATED


def test_revoked_is_withdrawn_and_other_languages_are_skipped(document):
    facts = read(
        document(
            bundle(
                indicator("[domain-name:value = 'a.example.test']", revoked=True),
                indicator("rule x {}", 1, pattern_type="yara"),
                {"type": "x-own", "id": "x-own--1"},
            )
        )
    )
    assert facts.indicators[0].withdrawn == "2099-01-02T00:00:00Z"
    assert facts.skipped == 2


def test_stix_2_0(document):
    old = indicator("[domain-name:value = 'a.example.test']", labels=["malicious-activity"])
    del old["pattern_type"], old["spec_version"]
    (one,) = read(document(bundle(old, spec_version="2.0"))).indicators
    assert one.role == "malicious-activity"


def test_null_and_odd_fields(document):
    facts = read(
        document(
            bundle(
                None, 5, {"type": "campaign", "id": C, "name": None}, {"type": "indicator", "id": None, "pattern": None},
                {"type": "campaign", "id": "campaign--2", "name": "x", "aliases": [None, 3], "external_references": [None, {}]},
                indicator("[mutex:name = 'm']", 7),
            )
        )
    )  # fmt: skip
    assert [one.name for one in facts.entities] == ["x"]
    assert len(facts.rejected) == 4


@pytest.mark.parametrize("data", [b"<html>", b"{}", b'{"objects": 4}', b"[", b"[" * 100_000])
def test_what_is_no_bundle(data):
    with pytest.raises(DocumentError):
        read(Document("b.json", data))


def test_two_thousand_indicators_take_a_moment(document):
    found = bundle(*(indicator(f"[domain-name:value = 'c{n}.example.test']", n) for n in range(2000)))
    started = time.perf_counter()
    assert len(read(document(found)).indicators) == 2000
    assert time.perf_counter() - started < 5


@given(st.text(max_size=200))
def test_any_pattern(pattern):
    compared(pattern)


def test_a_bundle_of_the_reference_library_is_read():
    stix2 = pytest.importorskip("stix2")
    made = stix2.Indicator(
        pattern="[domain-name:value = 'c2.example.test']", pattern_type="stix", valid_from="2099-01-01T00:00:00Z",
        object_marking_refs=[stix2.TLP_GREEN],
    )  # fmt: skip
    (one,) = read(Document("b.json", stix2.Bundle(made).serialize().encode())).indicators
    assert (one.value, one.tlp) == ("c2.example.test", Tlp.GREEN)
