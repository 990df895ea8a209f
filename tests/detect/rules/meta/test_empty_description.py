from lazaretto.detect.rules.meta.empty_description import RULE


def test_nothing_is_said(release, told):
    assert told(RULE, release(has_description=False)) == [
        ("LOW", "LOW", "subject", 1, "the package has no description")
    ]


def test_something_is_said_or_nothing_is_known(release, told):
    assert told(RULE, release(has_description=True)) == told(RULE, release()) == []
