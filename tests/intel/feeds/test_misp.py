import pytest

from lazaretto.intel.feeds.feed import Document, DocumentError
from lazaretto.intel.feeds.misp import accepts, read
from lazaretto.model.intel import Scope, Tlp, Trust


def attribute(kind, value, **more):
    return {
        "type": kind,
        "value": value,
        "to_ids": True,
        "category": "Network activity",
        "timestamp": "4070908800",
        **more,
    }


def event(*attributes, **more):
    return {
        "Event": {
            "uuid": "5e0-test",
            "info": "Lure with a package",
            "date": "2099-01-01",
            "timestamp": "4070908800",
            "Orgc": {"name": "CERT Example"},
            "Tag": [{"name": "tlp:amber"}, {"name": 'misp-galaxy:mitre-attack-pattern="Phishing - T1566.003"'}],
            "Attribute": list(attributes),
            **more,
        }
    }


def test_an_event(document):
    found = document(event(
        attribute("domain", "c2.example.test"),
        attribute("ip-dst|port", "198.51.100.7|1224"),
        attribute("filename|sha256", "x.js|" + "a" * 64),
        attribute("domain", "victim.example.test", to_ids=False),
        attribute("link", "https://report.example.test"),
        attribute("sha256", "b" * 64, deleted=True),
        attribute("domain", "not a domain"),
        attribute("yara", "rule x {}"),
        Object=[{"name": "file", "Attribute": [attribute("md5", "c" * 32), None]}],
    ))  # fmt: skip
    assert accepts(found)
    facts = read(found)
    by_value = {one.value: one for one in facts.indicators}
    assert by_value["c2.example.test"].scope is Scope.HOST
    assert by_value["198.51.100.7:1224"].kind == "ipv4-port"
    assert by_value["a" * 64].kind == "sha256"
    assert (by_value["victim.example.test"].scope, by_value["victim.example.test"].trust) == (Scope.HUNT, Trust.LOW)
    assert by_value["b" * 64].withdrawn == "2099-01-01T00:00:00Z"
    assert "c" * 32 in by_value
    assert {one.tlp for one in facts.indicators} == {Tlp.AMBER}
    (report,) = facts.entities
    assert (report.name, report.source, report.techniques) == ("Lure with a package", "CERT Example", ("T1566.003",))
    assert facts.references[0].url == "https://report.example.test"
    assert (len(facts.rejected), facts.skipped) == (1, 1)


def test_several_events(document):
    found = {"response": [event(attribute("domain", "a.example.test")), event(attribute("domain", "b.example.test"))]}
    assert len(read(document(found)).indicators) == 2
    assert len(read(document([event(attribute("domain", "a.example.test"))])).indicators) == 1


@pytest.mark.parametrize("data", [b"<html>", b"{}", b"[]", b'{"response": 5}', b'{"Event": null}', b"\x00"])
def test_what_is_no_event(data):
    with pytest.raises(DocumentError):
        read(Document("e.json", data))
