from lazaretto.detect.rules.change.capability_added import RULE
from lazaretto.model.finding import Signal


def test_an_ability_that_no_file_had(change, told):
    signals = [Signal("capability", "process", path) for path in ("b.js", "a.js")]
    assert told(RULE, change({"files": ["a.js"]}, {"files": ["a.js", "b.js"], "signals": signals})) == [
        ("LOW", "MEDIUM", "a.js", 1, "new in this version: starts programs")
    ]


def test_an_ability_that_moves_to_another_file(change, told):
    old = {"files": ["a.js"], "signals": [Signal("capability", "process", "a.js")]}
    new = {"files": ["b.js"], "signals": [Signal("capability", "process", "b.js")]}
    assert told(RULE, change(old, new)) == []
