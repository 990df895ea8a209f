import pytest

from lazaretto.detect.rules.meta.version_jump import RULE


def test_a_leap(release, told):
    assert told(RULE, release(version="69.0.0", previous="1.0.3")) == [
        ("LOW", "MEDIUM", "subject", 1, "the version leapt from 1.0.3 to 69.0.0")
    ]


@pytest.mark.parametrize(("version", "previous"), [("2.0.0", "1.9.0"), ("2026.1", "4.14"), ("69.0.0", ""), ("x", "1")])
def test_steps_and_years(release, told, version, previous):
    assert told(RULE, release(version=version, previous=previous)) == []
