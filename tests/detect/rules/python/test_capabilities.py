from lazaretto.detect.rules.python.capabilities import RULE


def abilities(run, text, path="demo/a.py"):
    return [signal.value for signal in run(RULE, text, path).signals]


def test_what_a_module_can_do(run):
    text = "import requests, subprocess, base64\nexec(base64.b64decode(x))\nopen('Login Data')\n"
    assert abilities(run, text) == ["network", "process", "code", "decode", "stores"]


def test_near_misses(run):
    assert abilities(run, "executor = 1\nprint('hello')\n") == []
    assert abilities(run, "import subprocess\n", "tests/test_a.py") == []
