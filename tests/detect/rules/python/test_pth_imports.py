"""Lines of .pth files that run."""

from lazaretto.detect.rules.python.pth_imports import RULE
from lazaretto.model.finding import Confidence, Severity


def test_an_exec(scan):
    text = r"""/some/folder
import os, base64; exec(base64.b64decode("cHJpbnQoMSk="))
"""
    assert scan(RULE, text, "a.pth") == [(2, "HIGH", "HIGH", "import")]


def test_something_unknown(scan):
    text = r"""import sys; sys.flags_of_mine = True
"""
    assert scan(RULE, text, "a.pth") == [(1, "MEDIUM", "MEDIUM", "import")]


def test_a_plain_import_is_context(scan):
    text = r"""import profiler_start
"""
    assert scan(RULE, text, "a.pth") == [(1, "LOW", "MEDIUM", "import")]


def test_near_miss_setuptools(scan):
    text = r"""import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim();
"""
    assert scan(RULE, text, "distutils-precedence.pth") == []


def test_near_miss_editable(scan):
    text = r"""import __editable___x_1_0_finder; __editable___x_1_0_finder.install()
"""
    assert scan(RULE, text, "__editable__.x-1.0.pth") == []


def test_near_miss_folders(scan):
    text = r"""../lib
important/folder
"""
    assert scan(RULE, text, "x.pth") == []


def test_it_tells_what_it_loads(run):
    signals = run(RULE, "import helper\n", "x.pth").signals
    assert [(s.kind, s.value) for s in signals] == [("import", "py\thelper"), ("start", "import\tx.pth")]


def test_a_hook_that_reads_as_plain_text_is_context_and_names_its_module(run):
    text = 'import os; exec(\'try: __import__("helper").hook() if os.environ.get("HELPER") else None\\nexcept ImportError: pass\')\n'
    result = run(RULE, text, "x.pth")
    assert [(f.severity, f.confidence) for f in result.findings] == [(Severity.MEDIUM, Confidence.LOW)]
    assert ("import", "py\thelper") in [(s.kind, s.value) for s in result.signals]


def test_a_hook_that_decodes_is_not(run):
    text = "import os; exec('import base64, x\\nx.run(base64.b64decode(x.data))')\n"
    assert [(f.severity, f.confidence) for f in run(RULE, text, "x.pth").findings] == [(Severity.HIGH, Confidence.HIGH)]


def test_a_switch_with_the_hooks_own_name(scan):
    text = 'import os, sys;exec(\'if "PYTHON{name}" in os.environ:\\n from tool import install\\n eval("install()")\\n\')\n'
    assert scan(RULE, text.replace("{name}", "WATCHER"), "src/watcher.pth") == [(1, "MEDIUM", "LOW", "import")]
    assert scan(RULE, text.replace("{name}", "PATH"), "src/watcher.pth") == [(1, "HIGH", "HIGH", "import")]
    hidden = text.replace("{name}", "WATCHER").replace("install()", "__import__(\\'base64\\')")
    assert scan(RULE, hidden, "src/watcher.pth") == [(1, "HIGH", "HIGH", "import")]
