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


def test_within_a_package_nobody_loads_it(scan):
    text = "import subprocess\nsubprocess.run(['true'])\n"
    assert scan(RULE, text, "package/inner/sitecustomize.py") == [(1, "MEDIUM", "LOW", "import")]
    assert scan(RULE, text, "package-1.0/src/sitecustomize.py") == [(1, "MEDIUM", "MEDIUM", "import")]
    assert scan(RULE, text, "a-1.0.data/purelib/sitecustomize.py") == [(1, "MEDIUM", "MEDIUM", "import")]
