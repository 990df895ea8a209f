from lazaretto.detect.rules.change.foreign_dependency_added import RULE
from lazaretto.model.finding import Signal

SIGNAL = Signal("foreign-dependency", "core\thttps://files.example.test/core-1.0.0.tgz", "package/package.json", 9)


def test_an_address_among_the_dependencies(change, told):
    new = {"files": ["package/package.json"], "signals": [SIGNAL]}
    assert told(RULE, change({}, new)) == [
        (
            "MEDIUM", "MEDIUM", "package/package.json", 9,
            "new in this version: needs core from outside the registry: https://files.example.test/core-1.0.0.tgz",
        )
    ]  # fmt: skip


def test_an_alias_and_a_project_of_ones_own_are_context(change, told):
    alias = Signal("foreign-dependency", "core\tnpm:other@^1", "package/package.json", 9)
    ((severity, *_),) = told(RULE, change({}, {"signals": [alias]}))
    assert severity == "LOW"
    ((severity, *_),) = told(RULE, change({}, {"signals": [SIGNAL]}, dependency=False))
    assert severity == "LOW"


def test_an_address_that_was_there(change, told):
    assert told(RULE, change({"signals": [SIGNAL]}, {"signals": [SIGNAL]})) == []
