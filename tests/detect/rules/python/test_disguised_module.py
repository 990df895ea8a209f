"""Python under an asset's name."""

from lazaretto.detect.rules.python.disguised_module import RULE


def test_a_font(scan):
    text = r"""import os, sys
os.system("true")
"""
    assert scan(RULE, text, "public/fonts/regular.woff2") == [(1, "MEDIUM", "MEDIUM", "run")]


def test_near_miss_a_script_without_suffix(scan):
    text = r"""import os, sys
os.system("true")
"""
    assert scan(RULE, text, "bin/tool") == []


def test_near_miss_prose_about_imports(scan):
    text = r"""import duties are rising
from now on nothing is cheap
"""
    assert scan(RULE, text, "notes.dat") == []


def test_the_signal(run):
    text = "import os\nos.getcwd()\n"
    assert [s.value for s in run(RULE, text, "bin/tool").signals] == ["py"]
    assert run(RULE, text, "a.py").signals == ()
