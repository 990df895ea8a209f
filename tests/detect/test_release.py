from datetime import timedelta


def test_age_counts_from_the_first_version(release):
    assert release().age is None
    assert release(first_published=release().now - timedelta(days=3)).age == timedelta(days=3)
