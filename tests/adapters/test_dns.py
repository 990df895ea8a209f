"""Questions to name servers, against one on the loopback address that tells the truth, lies, fails or is silent."""

import pytest
from name_server import NameServer

from lazaretto.adapters.dns import QUESTIONS, NameServers, is_installed
from lazaretto.model.dns import Answer, Told

ZONE = {
    ("acme.test", "MX"): ["20 b.acme.test.", "10 a.acme.test."],
    ("acme.test", "TXT"): ['"v=spf1 " "-all"', '"\\195\\169"'],
    ("acme.test", "NS"): ["ns1.acme.test."],
    ("a.acme.test", "A"): ["192.0.2.1"],
    ("a.acme.test", "AAAA"): ["2001:db8::1"],
    ("null.test", "MX"): ["0 ."],
    ("1.2.0.192.in-addr.arpa", "PTR"): ["a.acme.test."],
}
MANNERS = {"silent.test": "silent", "fail.test": "servfail", "other.test.acme.test": "other", "junk.test": "garbage"}


@pytest.fixture
def server():
    found = NameServer(ZONE, MANNERS)
    yield found
    found.stop()


def test_answers(server):
    ask = NameServers([server.address], seconds=1.0)
    assert is_installed()
    assert set(ask.lookup("Acme.test.", "MX").values) == {"20 b.acme.test", "10 a.acme.test"}
    assert set(ask.lookup("acme.test", "TXT").values) == {"v=spf1 -all", "\xc3\xa9"}
    assert ask.lookup("acme.test", "NS").values == ("ns1.acme.test",)
    assert ask.lookup("a.acme.test", "A").values == ("192.0.2.1",)
    assert ask.lookup("a.acme.test", "AAAA").values == ("2001:db8::1",)
    assert ask.lookup("null.test", "MX").values == ("0 .",)
    assert ask.lookup("1.2.0.192.in-addr.arpa", "PTR").values == ("a.acme.test",)
    assert ask.lookup("acme.test", "AAAA") == Answer(Told.EMPTY)
    assert ask.lookup("nowhere.test", "A") == Answer(Told.NO_NAME)
    assert ask.lookup("a..test", "A") == Answer(Told.NO_NAME)
    assert ask.lookup("x" * 64 + ".test", "A") == Answer(Told.NO_NAME)
    assert ask.lookup("acme.test", "ANY") == Answer(Told.FAILED)
    before = len(server.asked)
    ask.lookup("acme.test", "mx".upper())
    assert len(server.asked) == before
    assert ("acme.test", "MX") in ask.asked()


@pytest.mark.parametrize("name", ["silent.test", "fail.test", "junk.test"])
def test_trouble_is_an_answer(server, name):
    assert NameServers([server.address], seconds=0.5).lookup(name, "A") == Answer(Told.FAILED)


def test_an_answer_about_another_name_is_none(server):
    assert NameServers([server.address], seconds=1.0).lookup("other.test.acme.test", "A").values == ()


def test_nobody_there():
    assert NameServers(["127.0.0.1:1"], seconds=0.3).lookup("acme.test", "A") == Answer(Told.FAILED)


def test_so_many_and_no_more(server):
    ask = NameServers([server.address], seconds=1.0)
    for number in range(QUESTIONS + 3):
        ask.lookup(f"n{number}.test", "A")
    assert len(ask.asked()) == QUESTIONS
    assert ask.exhausted
