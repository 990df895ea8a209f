"""Wipers, ransom, floods and switched-off machines."""

import pytest

from lazaretto.detect.rules.python.destroys_data import RULE

WALK = """import os
def go():
    for folder, _, names in os.walk({root}):
        for name in names:
            os.remove(os.path.join(folder, name))
{call}"""


@pytest.mark.parametrize(
    "command",
    [
        "rm -rf ~/*",
        "rm -rf / --no-preserve-root",
        "del /f /s /q C:\\\\Windows\\\\System32",
        "rd /s /q C:\\\\",
        "format c:",
        "mkfs.ext4 /dev/sda1",
        "dd if=/dev/zero of=/dev/sda",
        "vssadmin delete shadows /all",
        ":(){ :|:& };:",
    ],
)
def test_commands_that_destroy(scan, command):
    assert scan(RULE, f'import os\nos.system("{command}")\n', "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]
    asked = f'import os\ndef main():\n    os.system("{command}")\n'
    assert scan(RULE, asked) == [(3, "HIGH", "MEDIUM", "run")]


@pytest.mark.parametrize(
    "command",
    ["rm -rf /tmp/build", "rm -rf /var/lib/apt/lists/*", "rm -rf build", "del /q build\\\\out.txt", "echo format"],
)
def test_near_miss_cleaning_up(scan, command):
    assert scan(RULE, f'import os\nos.system("{command}")\n', "package/__init__.py") == []


def test_a_walk_that_removes(scan):
    home = WALK.format(root='os.path.expanduser("~")', call="go()\n")
    assert scan(RULE, home, "package/__init__.py") == [(5, "HIGH", "HIGH", "import")]
    assert scan(RULE, WALK.format(root='"/"', call="")) == [(5, "HIGH", "MEDIUM", "run")]
    assert scan(RULE, WALK.format(root='os.path.expanduser("~/.cache/tool")', call="go()\n")) == []


def test_a_home_folder_removed(scan):
    text = 'import os, shutil\nshutil.rmtree(os.path.expanduser("~"))\n'
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]
    assert scan(RULE, text.replace('"~"', '"~/.tool/cache"'), "package/__init__.py") == []


RANSOM = """import os
from cryptography.fernet import Fernet
box = Fernet(Fernet.generate_key())
def lock():
    for folder, _, names in os.walk({root}):
        for name in names:
            path = os.path.join(folder, name)
            data = open(path, "rb").read()
            open(path, "wb").write(box.encrypt(data))
    print({note})
"""


def test_files_encrypted_in_place(scan):
    home, other = 'os.path.expanduser("~")', "folder"
    note, plain = '"Your files have been encrypted. Send 1 bitcoin."', '"done"'
    assert scan(RULE, RANSOM.format(root=home, note=note)) == [(9, "HIGH", "HIGH", "run")]
    assert scan(RULE, RANSOM.format(root=home, note=plain)) == [(9, "HIGH", "MEDIUM", "run")]
    assert scan(RULE, RANSOM.format(root=other, note=plain)) == []


def test_a_machine_switched_off(scan):
    text = 'import os\nfrom setuptools import setup\nos.system("poweroff")\nsetup(name="a")\n'
    assert scan(RULE, text, "setup.py") == [(3, "HIGH", "HIGH", "install")]
    assert scan(RULE, 'import os\nos.system("shutdown /s /t 0")\n') == [(2, "HIGH", "MEDIUM", "import")]
    assert scan(RULE, 'import os\ndef off():\n    os.system("shutdown -h now")\n') == []


def test_floods(scan):
    assert scan(RULE, "import os\nwhile True:\n    os.fork()\n", "package/a.py") == [(3, "HIGH", "HIGH", "import")]
    text = 'import os\ndef spam(count):\n    for i in range(count):\n        os.system("start cmd")\n'
    assert scan(RULE, text) == [(4, "MEDIUM", "MEDIUM", "run")]
    server = "import os\ndef serve():\n    while True:\n        s.accept()\n        if os.fork() == 0:\n            handle()\n"
    assert scan(RULE, server) == []


def test_a_disk_and_a_crash(scan):
    text = 'def boot():\n    open("/dev/sda", "wb").write(b"x")\n'
    assert scan(RULE, text) == [(2, "HIGH", "MEDIUM", "run")]
    assert scan(RULE, 'def read():\n    return open("/dev/sda", "rb").read(512)\n') == []
    text = "import ctypes\nctypes.windll.ntdll.NtRaiseHardError(0, 0, 0, 0, 6, None)\n"
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_in_a_test_it_is_context(scan):
    assert scan(RULE, 'import os\ndef test():\n    os.system("rm -rf ~/*")\n', "tests/test_a.py") == [
        (3, "LOW", "MEDIUM", "run")
    ]


def test_the_storage_of_a_telephone(scan):
    assert scan(RULE, 'import os\nos.system("cd /sdcard && rm -rf *")\n') == [(2, "HIGH", "HIGH", "import")]
    assert scan(RULE, 'import shutil\nshutil.rmtree("/storage/emulated/0/")\n') == [(2, "HIGH", "HIGH", "import")]
    assert scan(RULE, 'import shutil\nshutil.rmtree("/sdcard/tool/cache")\n') == []
