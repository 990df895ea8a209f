from datetime import timedelta

from lazaretto.detect.rules.meta.brand_new_package import RULE


def test_a_package_of_three_days(release, told):
    young = release(first_published=release().now - timedelta(days=3))
    assert told(RULE, young) == [("LOW", "MEDIUM", "subject", 1, "the package was first published 3 days ago")]


def test_older_or_unknown(release, told):
    ((_, confidence, *_),) = told(RULE, release(first_published=release().now - timedelta(days=20)))
    assert confidence == "LOW"
    assert told(RULE, release(first_published=release().now - timedelta(days=31))) == []
    assert told(RULE, release()) == []
