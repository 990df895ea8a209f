from datetime import timedelta

from lazaretto.detect.rules.meta.release_cadence import RULE


def test_many_in_an_hour(release, told):
    assert told(RULE, release(within_hour=6)) == [
        ("LOW", "LOW", "subject", 1, "6 versions were published within an hour")
    ]


def test_a_sleeper_wakes(release, told):
    now = release().now
    facts = {"published": now - timedelta(days=2), "previous_published": now - timedelta(days=1200)}
    assert told(RULE, release(**facts)) == [
        ("LOW", "LOW", "subject", 1, "nothing was published in the 3 years before it")
    ]
    long_ago = {"published": now - timedelta(days=200), "previous_published": now - timedelta(days=1400)}
    assert told(RULE, release(**long_ago)) == []


def test_an_ordinary_pace(release, told):
    now = release().now
    assert told(RULE, release(within_hour=1, published=now, previous_published=now - timedelta(days=90))) == []
