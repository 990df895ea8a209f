import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intel.feeds.feed import Document, DocumentError
from lazaretto.intel.feeds.osv import Event, read, spans_of
from lazaretto.model.intel import Coverage, Span


def record(affected, **more):
    return {
        "id": "MAL-2099-1",
        "published": "2099-01-02T03:04:05.678Z",
        "modified": "2099-02-03T04:05:06Z",
        "summary": "Malicious code in a package",
        "affected": affected,
        **more,
    }


def package(name="evil-example", ecosystem="npm", **more):
    return {"package": {"ecosystem": ecosystem, "name": name}, **more}


def semver(*events):
    return [{"type": "SEMVER", "events": list(events)}]


def only(document, value):
    facts = read(document(value))
    assert facts.rejected == ()
    (found,) = facts.packages
    return found


def test_introduced_0_with_a_list_means_every_version(document):
    found = only(document, record([package(ranges=semver({"introduced": "0"}), versions=["1.0.0"])]))
    assert (found.coverage, found.versions, found.everything) == (Coverage.ALL, ("1.0.0",), True)
    assert (found.advisory, found.date, found.last_seen) == ("MAL-2099-1", "2099-01-02", "2099-02-03T04:05:06Z")


def test_a_list_alone_means_exactly_those(document):
    found = only(document, record([package(versions=["1.0.0", "1.0.1", "1.0.0"])]))
    assert (found.coverage, found.versions) == (Coverage.STATED, ("1.0.0", "1.0.1"))


def test_bounded_ranges(document):
    fixed = only(document, record([package(ranges=semver({"introduced": "1.95.6"}, {"fixed": "1.95.8"}))]))
    assert (fixed.coverage, fixed.spans) == (Coverage.STATED, (Span("1.95.6", "1.95.8"),))
    last = only(document, record([package(ranges=semver({"introduced": "1.1.5"}, {"last_affected": "1.1.7"}))]))
    assert last.spans == (Span("1.1.5", last="1.1.7"),)


def test_events_in_the_wrong_order_and_several_stretches():
    assert spans_of([Event(fixed="2"), Event(introduced="1")]) == [Span("1", "2")]
    events = [Event(introduced="1"), Event(fixed="2"), Event(introduced="3"), Event(introduced="5", fixed="6")]
    assert spans_of(events) == [Span("1", "2"), Span("3"), Span("5", "6")]
    assert spans_of([Event(introduced="0"), Event(limit="*")]) == [Span("0")]
    assert spans_of([Event(fixed="1")]) == []


def test_withdrawn_is_kept_and_marked(document):
    assert only(document, record([package(versions=["1"])], withdrawn="2099-03-01T00:00:00Z")).withdrawn == (
        "2099-03-01T00:00:00Z"
    )
    assert only(document, record([package(versions=["1"])], withdrawn="yes")).withdrawn == "unknown"


def test_null_fields(document):
    nothing = dict.fromkeys(("withdrawn", "published", "modified", "summary", "database_specific"))
    found = only(document, record([package(versions=["1", None], ranges=None, database_specific=None)], **nothing))
    assert (found.versions, found.withdrawn, found.date) == (("1",), "", "")
    assert read(document({"id": "MAL-2099-2", "affected": None})).rejected == ("MAL-2099-2: names no package",)
    assert read(document(record([{"package": None, "versions": ["1"]}]))).packages == ()
    assert read(document(record([package(versions=None, ranges=None)]))).rejected == (
        "MAL-2099-1: neither versions nor ranges",
    )


def test_names_as_they_come(document):
    assert only(document, record([package("Nas._Rtox", "PyPI", versions=["1"])])).name == "nas-rtox"
    cyrillic = only(document, record([package("re\u0430ct", versions=["1"])])).name
    assert cyrillic == "re\u0430ct"
    assert cyrillic != "react"


@pytest.mark.parametrize("name", ["", " ", "x" * 10_000, "a\x1b[2Jb", "a\nb", "a\x00b", "\ud800"])
def test_hostile_names_are_rejected_and_told(name):
    import json

    facts = None
    try:
        facts = read(Document("r.json", json.dumps(record([package(name, versions=["1"])])).encode()))
    except DocumentError:
        assert name == "\ud800"  # no valid JSON text at all
    if facts is not None:
        assert facts.packages == ()
        assert facts.rejected == ("MAL-2099-1: a package without a usable name",)


def test_hostile_versions_are_rejected(document):
    for versions in (["1\x1b"], ["9" * 500], ["1"] * 6000):
        assert read(document(record([package(versions=versions)]))).packages == ()


def test_several_entries_about_one_package_are_joined(document):
    found = only(
        document, record([package(versions=["1"]), package(versions=["2"], ranges=semver({"introduced": "0"}))])
    )
    assert (found.versions, found.coverage) == (("1", "2"), Coverage.ALL)


def test_ordinary_vulnerabilities_are_passed_over(document):
    advisory = {**record([package(versions=["1"])]), "id": "GHSA-xxxx", "summary": "Denial of service"}
    assert read(document(advisory)).skipped == 1
    assert read(Document("x/GHSA-abcd.json", b"not even looked at")).skipped == 1
    other = {**record([package(versions=["1"])]), "id": "ACME-1"}
    assert read(document(other)).skipped == 1
    malicious = {**other, "database_specific": {"cwes": [{"cweId": "CWE-506"}]}}
    assert len(read(document(malicious)).packages) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!DOCTYPE html><html>",
        b"{",
        b"[]",
        b"null",
        b'{"id": 5}',
        b"\xff\xfe\x00",
        b'{"id": "MAL-1", "affected": 3}',
    ],
)
def test_what_is_no_record(data):
    with pytest.raises(DocumentError):
        read(Document("r.json", data))


def test_encodings(document):
    import json

    text = json.dumps(record([package(versions=["1"])]))
    for data in (text.encode("utf-8-sig"), text.encode("utf-16")):
        assert len(read(Document("r.json", data)).packages) == 1


@given(st.binary(max_size=400))
def test_any_bytes_give_facts_or_a_declared_error(data):
    with contextlib.suppress(DocumentError):
        read(Document("r.json", data))
