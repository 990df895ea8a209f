from lazaretto.detect.rules.change.obfuscation_added import RULE
from lazaretto.model.finding import Role, Severity


def test_code_that_is_hidden_now(change, finding, told):
    hidden = finding("js/obfuscated-module", "lib/a.js", Role.CONCEAL, Severity.HIGH, line=7)
    old, new = {"files": {"lib/a.js": "1"}}, {"files": {"lib/a.js": "2"}, "findings": [hidden]}
    assert told(RULE, change(old, new)) == [
        ("LOW", "MEDIUM", "lib/a.js", 7, "new in this version: code that is hidden (js/obfuscated-module)")
    ]


def test_code_that_was_hidden_before(change, finding, told):
    hidden = finding("js/obfuscated-module", "lib/a.js", Role.CONCEAL, Severity.HIGH)
    old, new = {"files": {"lib/a.js": "1"}}, {"files": {"lib/a.js": "2"}}
    assert told(RULE, change({**old, "findings": [hidden]}, {**new, "findings": [hidden]})) == []
