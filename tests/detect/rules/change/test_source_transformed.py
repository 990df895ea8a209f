from lazaretto.detect.rules.change.source_transformed import RULE
from lazaretto.model.finding import Signal


def test_a_file_that_grew_hugely(change, told):
    both = change({"files": {"index.js": "x" * 2000}}, {"files": {"index.js": "y" * 90_000}})
    assert told(RULE, both) == [
        ("LOW", "LOW", "index.js", 1, "new in this version: the file grew from 2,000 to 90,000 bytes")
    ]


def test_a_file_that_became_unreadable(change, told):
    signals = [Signal("form", "minified", "index.js")]
    both = change({"files": {"index.js": "x"}}, {"files": {"index.js": "y"}, "signals": signals})
    assert told(RULE, both) == [
        ("LOW", "LOW", "index.js", 1, "new in this version: the file was readable and is minified now")
    ]


def test_data_and_modest_growth(change, told):
    old = {"files": {"data.json": "x", "index.js": "x" * 20_000}}
    new = {"files": {"data.json": "y" * 90_000, "index.js": "y" * 90_000}}
    assert told(RULE, change(old, new)) == []
