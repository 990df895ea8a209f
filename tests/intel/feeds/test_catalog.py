import re
from pathlib import Path

import pytest

import lazaretto.intel.feeds.catalog as catalog
from lazaretto.intel.feeds.feed import Document, DocumentError, iso, short


def test_every_format_is_listed_and_named_as_its_module():
    folder = Path(catalog.__file__).parent
    modules = {
        path.stem for path in folder.glob("*.py") if re.search(r"^FORMAT = ", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {one.id.replace("-", "_") for one in catalog.FORMATS} == modules
    assert all(catalog.by_id(one.id) is one for one in catalog.FORMATS)


@pytest.mark.parametrize("data", [b"", b"<html>", b"  <!doctype", b"{}", b"\x00\x01", b'{"some": "json"}'])
def test_what_no_format_knows(data):
    with pytest.raises(DocumentError):
        catalog.format_of(Document("x.json", data))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2099-01-02T03:04:05.123456789Z", "2099-01-02T03:04:05Z"),
        ("2099-01-02T03:04:05+09:00", "2099-01-01T18:04:05Z"),
        ("2099-01-02", "2099-01-02"),
        ("2099-01", "2099-01"),
        ("yesterday", ""),
        ("2099-13-45T99:99:99+01:00", ""),
        (None, ""),
        (5, ""),
    ],
)
def test_dates(text, date):
    assert iso(text) == date


def test_descriptions_are_one_printable_piece():
    assert short("a\x00\x1b\n b") == "a b"
    assert short("x" * 50, 10) == "x" * 9 + "…"
    assert short(None) == ""


def test_a_document_in_utf_16_is_recognised():
    record = '{"id": "MAL-2026-1", "affected": [{"package": {"ecosystem": "npm", "name": "evil-graph"}}]}'
    assert catalog.format_of(Document("x.json", record.encode("utf-16"))).id == "osv"
