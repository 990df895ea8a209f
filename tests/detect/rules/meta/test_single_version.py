from lazaretto.detect.rules.meta.single_version import RULE


def test_the_only_version(release, told):
    assert told(RULE, release(versions=1)) == [("LOW", "LOW", "subject", 1, "it is the only version of the package")]


def test_more_or_unknown(release, told):
    assert told(RULE, release(versions=2)) == told(RULE, release()) == []
