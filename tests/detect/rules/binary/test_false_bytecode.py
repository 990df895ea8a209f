"""Files that are named like compiled Python."""

from lazaretto.detect.rules.binary.false_bytecode import RULE

NOISE = bytes((at * 89 + 7) % 256 for at in range(1, 2000))


def test_noise_under_the_name_of_bytecode(scan):
    assert scan(RULE, NOISE, "package/__pycache__/helper.pyc") == [
        ("HIGH", "MEDIUM", "helper.pyc is named like compiled Python, and is none")
    ]
    assert scan(RULE, NOISE, "tests/data/helper.pyc")[0][0] == "LOW"


def test_near_misses(scan):
    assert scan(RULE, b"\xa7\r\r\n" + NOISE, "package/__pycache__/helper.cpython-311.pyc") == []
    assert scan(RULE, b"\x61\x0d\r\n" + NOISE, "package/helper.pyc") == []
    assert scan(RULE, NOISE[:100], "package/helper.pyc") == []
    assert scan(RULE, b"version https://git-lfs.example.test/spec/v1\n" + b"a" * 300, "package/helper.pyc") == []
