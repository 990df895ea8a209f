"""Changes to what protects a machine or decides where its software comes from."""

import pytest

from lazaretto.detect.rules.python.weakens_system import RULE


@pytest.mark.parametrize(
    "line",
    [
        'open("/etc/hosts", "a").write("198.51.100.7 host.example.test")',
        'open(os.path.expanduser("~/.config/pip/pip.conf"), "w").write("x")',
        'open("/etc/ld.so.preload", "w").write("x")',
        'os.system("pip config set global.index-url https://index.example.test/simple")',
        "os.system(\"echo 'a ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers\")",
        'os.system("powershell Add-MpPreference -ExclusionPath C:/")',
        'os.system("netsh advfirewall set allprofiles state off")',
        'os.system("/bin/sh")',
        'os.system("wevtutil cl System")',
    ],
)
def test_unasked(scan, line):
    assert scan(RULE, f"import os\n{line}\n", "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_when_asked_only_the_grave_ones_count(scan):
    text = 'import os\ndef go():\n    os.system("{}")\n'
    assert scan(RULE, text.format("Set-MpPreference -DisableRealtimeMonitoring $true")) == [
        (3, "HIGH", "MEDIUM", "run")
    ]
    assert scan(RULE, text.format("npm config set registry https://index.example.test")) == [
        (3, "LOW", "MEDIUM", "run")
    ]
    assert scan(RULE, text.format("/bin/sh")) == []


def test_a_hijacked_registry_entry(scan):
    text = r"""import winreg
def up(command):
    key = winreg.CreateKey(winreg.HKEY_CURRENT_USER, r"Software\Classes\ms-settings\shell\open\command")
"""
    assert scan(RULE, text) == [(3, "HIGH", "MEDIUM", "run")]


def test_near_misses(scan):
    assert scan(RULE, 'hosts = open("/etc/hosts").read()\n', "package/__init__.py") == []
    assert scan(RULE, 'import os\nos.system("pip config list")\n', "package/__init__.py") == []
    assert scan(RULE, 'import os\nos.system("/bin/sh configure")\n', "package/__init__.py") == []
