"""Places where secrets are kept."""

from lazaretto.detect.pystores import stores_at, stores_named
from lazaretto.parse.blob import Blob
from lazaretto.parse.python import PythonModule


def test_kinds_and_lines():
    text = "a = f('x/Login Data')\nb = f('discord/Local Storage/leveldb')\nc = f('~/.ssh/id_rsa')\n"
    view = PythonModule.of(Blob("a.py", text.encode()))
    assert stores_at(view) == {"browser logins": 1, "chat tokens": 2, "SSH keys": 3}
    assert stores_named(view) == ("browser logins", "chat tokens", "SSH keys")


def test_files_without_a_hint_are_not_parsed():
    view = PythonModule.of(Blob("a.py", b"print('hello')\n"))
    assert stores_named(view) == ()
    assert "facts" not in view.__dict__
