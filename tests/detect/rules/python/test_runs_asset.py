"""Assets that are executed."""

from lazaretto.detect.rules.python.runs_asset import RULE


def test_exec_of_a_font(scan):
    text = r"""exec(open("static/fonts/regular.woff2").read())
"""
    assert scan(RULE, text) == [(1, "HIGH", "HIGH", "import")]


def test_an_interpreter_with_an_image(scan):
    text = r"""import subprocess, sys
def go():
    subprocess.Popen([sys.executable, "assets/logo.png"])
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "run")]


def test_near_miss_a_page_about_it(scan):
    text = r"""import subprocess
subprocess.run(["convert", "logo.png", "logo.gif"])
exec(open("version.py").read())
"""
    assert scan(RULE, text) == []


def test_it_tells_what_it_starts(run):
    text = "import os\nos.system('node ./public/a.woff2')\n"
    assert [(s.kind, s.value) for s in run(RULE, text).signals] == [("start", "import\tpublic/a.woff2")]


def test_an_archive_that_is_named_like_compiled_code(scan):
    text = "from zipimport import zipimporter as load\nload('cache/connection.pyc').load_module('x')\n"
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]
    assert scan(RULE, text.replace(".pyc", ".zip")) == []


def test_near_miss_a_folder_that_is_only_listed(scan):
    text = "from zipimport import zipimporter\ndef names(path='.'):\n    return list(zipimporter(path)._files)\nnames('.')\n"
    assert scan(RULE, text) == []
    assert scan(RULE, text + "x.load_module('y')\n") == []


def test_a_program_cut_out_of_a_picture(scan):
    text = """import os, subprocess
data = open(os.path.join(os.path.dirname(__file__), "logo.png"), "rb").read()[306086:]
open("/tmp/tool-file", "wb").write(data)
subprocess.Popen(["/tmp/tool-file"])
"""
    assert scan(RULE, text, "package/__init__.py") == [(4, "HIGH", "HIGH", "import")]
    assert scan(RULE, text.replace('Popen(["/tmp/tool-file"])', 'Popen(["/usr/bin/feh"])'), "package/__init__.py") == []
