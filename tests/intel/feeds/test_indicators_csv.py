import pytest

from lazaretto.intel.feeds.feed import Document, DocumentError
from lazaretto.intel.feeds.indicators_csv import read
from lazaretto.model.intel import Coverage, Tlp, Trust


def facts(text, encoding="utf-8", name="list.csv"):
    return read(Document(name, text.encode(encoding)))


def test_a_plain_list():
    found = facts(
        "# remark\n\nc2[.]example[.]test\n198.51.100.7\nnpm:evil-example@1.0.0\npypi:Evil_Example==2.0\nword\nother\n"
    )
    assert [one.value for one in found.indicators] == ["c2.example.test", "198.51.100.7"]
    assert [(one.ecosystem, one.name, one.versions) for one in found.packages] == [
        ("npm", "evil-example", ("1.0.0",)),
        ("pypi", "evil-example", ("2.0",)),
    ]
    assert found.rejected == ("a line that is no indicator",)


def test_a_table():
    found = facts(
        "Indicator;Campaign;Confidence;First_Seen;Expires;TLP\n"
        "hxxp://c2.example[.]test/x;lure;90;2099-01-01;2099-06;TLP:WHITE\n"
        "nothing;;;;;\n"
    )
    (one,) = found.indicators
    assert (one.kind, one.value, one.campaign, one.trust) == ("url", "c2.example.test/x", "lure", Trust.HIGH)
    assert (one.first_seen, one.expires, one.tlp) == ("2099-01-01", "2099-06", Tlp.CLEAR)
    assert len(found.rejected) == 1


def test_packages_with_versions():
    found = facts('package_name,package_versions,sources\nevil,"1.0.0, 1.0.1",a\n@s/all,*,b\nnamed,,c\n')
    assert [(one.name, one.coverage, one.versions) for one in found.packages] == [
        ("evil", Coverage.STATED, ("1.0.0", "1.0.1")),
        ("@s/all", Coverage.ALL, ()),
        ("named", Coverage.WATCH, ()),
    ]


def test_encodings():
    assert len(facts("value,campaign\nc2.example.test,미끼\n", "cp949").indicators) == 1
    assert len(facts("value,campaign\nc2.example.test,미끼\n", "utf-16").indicators) == 1
    assert facts("value,campaign\nc2.example.test,미끼\n", "utf-8-sig").indicators[0].campaign == "미끼"


@pytest.mark.parametrize("data", [b"<!doctype html>", b"PK\x00\x00", b"\xff\xfe\x00", bytes(range(128, 256))])
def test_what_is_no_list(data):
    with pytest.raises(DocumentError):
        read(Document("list.csv", data))


def test_hostile_rows():
    found = facts("package,version\n" + "x" * 10_000 + ",1\na\x1bb,1\n")
    assert found.packages == ()
    assert found.rejected == ("a package that no registry would take",)
