import pytest

from lazaretto.intel.feeds.feed import Document, DocumentError
from lazaretto.intel.feeds.leitwacht import accepts, read, slug
from lazaretto.model.intel import Coverage, Scope, Trust


def record(**own):
    return {
        "id": "LWA-2099-1",
        "aliases": ["MAL-2099-1"],
        "modified": "2099-01-02T00:00:00Z",
        "published": "2099-01-01T00:00:00Z",
        "summary": "Malicious code in evil (npm)",
        "affected": [{"package": {"ecosystem": "npm", "name": "evil"}, "versions": ["1.0.7"]}],
        "database_specific": {"leitwacht": own},
    }


def test_a_record(document):
    found = document(record(
        category="malware", campaign="Test RAT", first_seen_at="2099-01-01T00:00:00Z",
        indicators_observed={"sha256": ["a" * 64], "domain_observed": ["shared[.]example[.]test", None], "aes_key": ["x"],
                             "file_observed": "x"},
    ))  # fmt: skip
    assert accepts(found)
    facts = read(found)
    (package,) = facts.packages
    assert (package.coverage, package.versions, package.trust) == (Coverage.STATED, ("1.0.7",), Trust.HIGH)
    assert package.campaign == "test-rat"
    assert [(one.kind, one.scope, one.trust) for one in facts.indicators] == [
        ("sha256", Scope.EXACT, Trust.HIGH),
        ("domain", Scope.HUNT, Trust.LOW),
    ]
    assert [entity.name for entity in facts.entities] == ["Test RAT"]


def test_a_proof_of_concept_weighs_less_and_nulls_are_nothing(document):
    assert read(document(record(category="research_poc"))).packages[0].trust is Trust.MEDIUM
    facts = read(document(record(category=None, campaign=None, indicators_observed=None)))
    assert (facts.entities, facts.indicators) == ((), ())


def test_the_index_is_passed_over(document):
    found = document({"LWA-1": {"package": "x", "mal_id": "MAL-1", "file": "x"}}, "db/index.json")
    assert accepts(found)
    assert read(found).skipped == 1


def test_wrong_shapes():
    with pytest.raises(DocumentError):
        read(Document("x.json", b"<html>"))
    assert slug("Miasma RAT / 2") == "miasma-rat-2"
    assert slug("\x00") == ""
