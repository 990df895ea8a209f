from lazaretto.detect.rules.meta.withdrawn_release import RULE


def test_quarantine_is_the_registrys_own_doubt(release, told):
    assert told(RULE, release(withdrawn=True, yanked=True)) == [
        ("MEDIUM", "MEDIUM", "subject", 1, "the registry has put the project into quarantine")
    ]


def test_yanked_and_deprecated_are_context(release, told):
    assert told(RULE, release(yanked=True)) == [("LOW", "LOW", "subject", 1, "the version was yanked")]
    assert told(RULE, release(deprecated="use another")) == [
        ("LOW", "LOW", "subject", 1, "the version is deprecated: use another")
    ]


def test_an_ordinary_version(release, told):
    assert told(RULE, release()) == []
