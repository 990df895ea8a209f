from lazaretto.detect.rules.meta.name_reused import RULE


def test_older_versions_are_gone(release, told):
    assert told(RULE, release(removed_before_first=4)) == [
        (
            "LOW", "LOW", "subject", 1,
            "4 older versions were removed before the oldest one that is there now was published",
        )
    ]  # fmt: skip


def test_a_version_in_between_is_gone(release, told):
    assert told(RULE, release(removed=1)) == []
