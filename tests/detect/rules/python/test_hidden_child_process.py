"""Children that hide."""

from lazaretto.detect.rules.python.hidden_child_process import RULE


def test_encoded_powershell(scan):
    text = r"""import subprocess
subprocess.Popen('powershell -WindowStyle Hidden -EncodedCommand dAByAHUAZQAgACMAIABuAG8AdABoAGkAbgBnAA==', shell=False)
"""
    assert scan(RULE, text, "setup.py") == [(2, "HIGH", "HIGH", "install")]


def test_encoded_powershell_as_a_list(scan):
    text = r"""import subprocess
def go():
    subprocess.run(["powershell.exe", "-enc", "dAByAHUAZQAgACMAIABuAG8AdABoAGkAbgBnAA=="])
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "run")]


def test_a_detached_child_at_import(scan):
    text = r"""import subprocess, sys
subprocess.Popen([sys.executable, "worker.py"], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
"""
    assert scan(RULE, text, "package/__init__.py") == [(2, "MEDIUM", "MEDIUM", "import")]


def test_no_window_is_context(scan):
    text = r"""import subprocess
def version():
    subprocess.call(["tool", "--version"], creationflags=subprocess.CREATE_NO_WINDOW)
"""
    assert scan(RULE, text) == [(3, "LOW", "LOW", "run")]


def test_near_miss_a_query_whose_answer_is_read(scan):
    text = r"""import subprocess
out = subprocess.run("powershell.exe -NoProfile -Command (Get-CimInstance Win32_Processor)".split(), capture_output=True, creationflags=subprocess.CREATE_NO_WINDOW)
"""
    assert scan(RULE, text) == []


def test_the_message_shows_the_decoded_command(run):
    text = "import os\nos.system('powershell -e dAByAHUAZQAgACMAIABuAG8AdABoAGkAbgBnAA==')\n"
    (finding,) = run(RULE, text).findings
    assert finding.message.english() == "runs PowerShell with an encoded command: true # nothing"
