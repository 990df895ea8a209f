import pytest

from lazaretto.intel.feeds.values import refang, value_of
from lazaretto.model.intel import Scope


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hxxps://C2[.]example[.]test/Path/?q=1", ("url", "c2.example.test/Path?q=1", Scope.EXACT)),
        ("c2(.)example.test", ("domain", "c2.example.test", Scope.HOST)),
        ("https://c2.example.test/", ("domain", "c2.example.test", Scope.HOST)),
        ("victim.vercel.app", ("domain", "victim.vercel.app", Scope.EXACT)),
        ("vercel.app", ("domain", "vercel.app", Scope.HUNT)),
        ("www.github.com", ("domain", "www.github.com", Scope.HUNT)),
        ("198.51.100.7", ("ipv4", "198.51.100.7", Scope.EXACT)),
        ("198.51.100[.]7:1224", ("ipv4-port", "198.51.100.7:1224", Scope.EXACT)),
        ("http://198.51.100.7:1224", ("ipv4-port", "198.51.100.7:1224", Scope.EXACT)),
        ("192.168.1.1", ("ipv4", "192.168.1.1", Scope.HUNT)),
        ("2001:DB8::7", ("ipv6", "2001:db8::7", Scope.EXACT)),
        ("A" * 64, ("sha256", "a" * 64, Scope.EXACT)),
        ("0" * 40, ("sha1", "0" * 40, Scope.EXACT)),
        ("0" * 32, ("md5", "0" * 32, Scope.EXACT)),
        ("nkbihfbeogaeaoehlefnkodbefgpgknn", ("browser-extension", "nkbihfbeogaeaoehlefnkodbefgpgknn", Scope.EXACT)),
        ("0x" + "Ab" * 20, ("wallet", "0x" + "ab" * 20, Scope.EXACT)),
        ("someone[@]example.test", ("email", "someone@example.test", Scope.EXACT)),
        ("예시.한국", ("domain", "xn--vv4b11d.xn--3e0b707e", Scope.HOST)),
        ("gist.github.com/someone/0123", ("url", "gist.github.com/someone/0123", Scope.EXACT)),
    ],
)
def test_values(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "word",
        "x" * 5000,
        "a\x1b[2J.example",
        "1.2.3",
        "setup",
        "http://",
        "https://[::1",
        "300.1.1.1",
        "a b.example",
    ],
)
def test_what_is_no_value(text):
    assert value_of(text) is None


def test_refang():
    assert refang("hxxp[:]//a[dot]example") == "http://a.example"
