import pytest

from lazaretto.intel.feeds.feed import Document, DocumentError
from lazaretto.intel.feeds.package_campaigns import accepts, read
from lazaretto.model.intel import Coverage, Scope, Trust

CAMPAIGN = {
    "name": "2099-01-test", "ecosystem": "pypi", "category": "malicious", "abuse_categories": ["obfuscation"],
    "packages": ["evil-example"], "created_at": "2099-01-01", "description": "a\nb",
    "ioc": ["https://c2.example.test/x.py?v=1", "drive.google.com", "nothing at all", None],
    "references": ["https://report.example.test", None],
}  # fmt: skip
PACKAGE = {
    "name": "Evil_Example", "ecosystem": "pypi", "campaign": "2099-01-test", "affected_versions": ["1.0", None],
    "campaign_assigned_at": "2099-01-02T00:00:00.123456+00:00", "campaign_data_modified_at": "2099-01-03T09:00:00+09:00",
}  # fmt: skip


def test_a_campaign(document):
    assert accepts(document(CAMPAIGN))
    facts = read(document(CAMPAIGN))
    assert [(one.kind, one.value, one.scope) for one in facts.indicators] == [
        ("url", "c2.example.test/x.py?v=1", Scope.EXACT),
        ("domain", "drive.google.com", Scope.HUNT),
    ]
    (entity,) = facts.entities
    assert (entity.id, entity.description, entity.references) == (
        "2099-01-test",
        "a b",
        ("https://report.example.test",),
    )
    assert len(facts.rejected) == 1


@pytest.mark.parametrize(
    ("category", "coverage", "trust"),
    [
        ("malicious", Coverage.LISTED, Trust.HIGH),
        ("highly_suspicious", Coverage.LISTED, Trust.LOW),
        ("spam", Coverage.WATCH, Trust.LOW),
        ("probably_pentest", Coverage.WATCH, Trust.LOW),
    ],
)
def test_a_package_weighs_what_its_folder_says(document, category, coverage, trust):
    found = document(PACKAGE, f"pypi/packages/{category}/json/Evil_Example.json")
    assert accepts(found)
    (record,) = read(found).packages
    assert (record.name, record.versions, record.coverage, record.trust) == ("evil-example", ("1.0",), coverage, trust)
    assert (record.first_seen, record.last_seen) == ("2099-01-02T00:00:00Z", "2099-01-03T00:00:00Z")


def test_a_project_that_was_taken_over(document):
    (record,) = read(
        document(PACKAGE, "pypi/packages/malicious/json/compromised_2099-01-test_Evil_Example.json")
    ).packages
    assert record.coverage is Coverage.HIJACKED


def test_a_campaign_without_packages(document):
    bare = {key: CAMPAIGN[key] for key in ("name", "ecosystem", "category", "created_at")}
    assert accepts(document(bare))
    assert read(document(bare)).entities[0].name == "2099-01-test"


def test_copies_and_wrong_shapes(document):
    copy = document({"schema_version": "1.7.4", "id": "pypi/2099-01-test/evil", "affected": []})
    assert accepts(copy)
    assert read(copy).skipped == 1
    with pytest.raises(DocumentError):
        read(Document("x.json", b"<html>"))
    with pytest.raises(DocumentError):
        read(Document("x.json", b'{"name": "x", "created_at": 5}'))
    assert read(document({**PACKAGE, "name": "x" * 9999})).packages == ()
