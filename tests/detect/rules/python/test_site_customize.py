"""Files that Python loads at every start."""

from lazaretto.detect.rules.python.site_customize import RULE


def test_that_acts(scan):
    text = r"""import subprocess
subprocess.Popen(["true"])
"""
    assert scan(RULE, text, "sitecustomize.py") == [(1, "MEDIUM", "MEDIUM", "import")]


def test_that_does_not(scan):
    text = r"""import sys
"""
    assert scan(RULE, text, "sitecustomize.py") == [(1, "LOW", "MEDIUM", "import")]


def test_near_miss_another_name(scan):
    text = r"""import subprocess
subprocess.Popen(["true"])
"""
    assert scan(RULE, text) == []
