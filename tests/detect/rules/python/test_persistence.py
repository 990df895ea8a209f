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
