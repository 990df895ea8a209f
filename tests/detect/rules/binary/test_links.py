"""The neutral facts: what is a program, and who starts one."""

from lazaretto.detect.rules.binary.executable_traits import RULE as TRAITS
from lazaretto.detect.rules.binary.python_starts_program import RULE as PYTHON
from lazaretto.detect.rules.binary.script_starts_program import RULE as SCRIPT


def values(result):
    assert not result.findings
    return [(signal.kind, signal.value) for signal in result.signals]


def test_traits(run, build):
    assert values(run(TRAITS, build.pe(signed=True))) == [("executable", "PE\tprogram signed")]
    assert values(run(TRAITS, build.elf())) == [("executable", "ELF\tlibrary")]
    packed = build.pe(sections=(("UPX1", build.RET),))
    assert values(run(TRAITS, packed)) == [("executable", "PE\tprogram packed")]
    assert values(run(TRAITS, build.lnk("a"))) == []


def test_python(run):
    text = b"""import os, subprocess
HERE = os.path.dirname(__file__)
subprocess.Popen([os.path.join(HERE, "bin", "Helper.exe"), "go"])
def later():
    os.system("tool --version")
"""
    found = values(run(PYTHON, text, "pkg/__init__.py"))
    assert ("starts-program", "import\thelper.exe") in found
    assert ("starts-program", "run\ttool") in found
    assert ("starts-program", "run\t--version") not in found
    assert values(run(PYTHON, text, "tests/test_a.py")) == []


def test_script(run):
    text = b"""const { execFile } = require("child_process");
const path = require("path");
const exe = path.join(__dirname, "vendor", "Helper.exe");
function later() {
  execFile(exe);
}
"""
    assert ("starts-program", "\thelper.exe") in values(run(SCRIPT, text, "index.js"))
    at_once = text + b"\nexecFile(exe);\n"
    assert ("starts-program", "import\thelper.exe") in values(run(SCRIPT, at_once, "index.js"))
    assert values(run(SCRIPT, b'require("child_process")', "index.js")) == []
