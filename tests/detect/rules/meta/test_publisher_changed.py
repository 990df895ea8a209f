from lazaretto.detect.rules.meta.publisher_changed import RULE


def test_somebody_else_publishes(release, told):
    facts = {"publisher": "eve", "previous_publisher": "alice", "previous": "1.0.0"}
    assert told(RULE, release(**facts)) == [
        ("LOW", "LOW", "subject", 1, "this version was published by eve, version 1.0.0 by alice")
    ]
    assert told(RULE, release(**facts, previous_maintainers=("alice", "eve"))) == []


def test_the_same_or_unknown(release, told):
    assert told(RULE, release(publisher="alice", previous_publisher="alice")) == []
    assert told(RULE, release(publisher="alice")) == []
