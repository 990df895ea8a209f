import json

import pytest

from lazaretto.detect.rules.meta.version_number_trick import RULE, is_trick


def test_a_package_that_would_always_win(change, told):
    manifest = json.dumps({"name": "demo", "version": "99.10.9", "main": "a.js"}, indent=1)
    assert told(RULE, change({}, {"files": {"package.json": manifest}}).old) == []
    view = change({}, {"files": {"package.json": manifest}}).new
    assert told(RULE, view) == [
        ("LOW", "MEDIUM", "package.json", 2, "version 99.10.9 would win over every other version of demo")
    ]


@pytest.mark.parametrize("version", ["99.9.9", "9.9.9", "999.0.0", "9999", "100.100.100", "99.99.99"])
def test_tricks(version):
    assert is_trick(version)


@pytest.mark.parametrize(
    "version", ["9.9.1", "2026.11.20", "10.0.0", "115.0.0", "0.0.1-security", "20260905", "1.99.9", ""]
)
def test_numbers(version):
    assert not is_trick(version)
