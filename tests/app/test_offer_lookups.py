"""What an offer asks of whom: nothing offline; with --online what was told beforehand, of servers on the loopback address."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from loopback_server import Loopback
from name_server import NameServer
from signing import RsaKey, signed

from lazaretto.adapters.lookup_table import LookupTable
from lazaretto.app.offer import Options, offer
from lazaretto.app.offer_lookups import Lookups, answered, plan, real
from lazaretto.model.dns import Answer, Told, pinned
from lazaretto.model.mail import DomainFacts
from lazaretto.parse.mail.read import read

KEY = RsaKey(1024)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
LETTER = b"From: HR <hr@acme.test>\r\nTo: me@home.test\r\nSubject: offer\r\nDate: Tue, 24 Nov 2026 10:00:00 +0900\r\n\r\nHello, see https://acme-careers.test/x\r\n"
HEAD = b"Return-Path: <b@acme.test>\r\nReceived: from out.acme.test (out.acme.test [192.0.2.7]) by mx.home.test; Tue, 24 Nov 2026 10:00:02 +0900\r\n"
MAIL = HEAD + signed(LETTER, KEY, "acme.test")
ZONE = {
    ("s1._domainkey.acme.test", "TXT"): [f'"{KEY.record[:200]}" "{KEY.record[200:]}"'],
    ("acme.test", "TXT"): ['"v=spf1 ip4:192.0.2.7 -all"'],
    ("acme.test", "MX"): ["10 mx.acme.test."],
    ("acme.test", "NS"): ["ns1.acme.test."],
    ("_dmarc.acme.test", "TXT"): ['"v=DMARC1; p=reject"'],
    ("acme-careers.test", "NS"): ["ns1.parkingcrew.net."],
}


@pytest.fixture
def world(tmp_path):
    names, web = NameServer(ZONE), Loopback()
    web.add("/dns.json", json.dumps({"services": [[["test"], [f"{web.url}/"]]]}).encode())
    event = {"eventAction": "registration", "eventDate": "2026-11-13T00:00:00Z"}
    web.add(
        "/domain/acme-careers.test",
        json.dumps({"objectClassName": "domain", "ldhName": "acme-careers.test", "events": [event]}).encode(),
    )
    old = {"eventAction": "registration", "eventDate": "2001-01-01T00:00:00Z"}
    web.add(
        "/domain/acme.test", json.dumps({"objectClassName": "domain", "ldhName": "acme.test", "events": [old]}).encode()
    )
    table = tmp_path / "lookups.toml"
    table.write_text(f'[dns]\nservers = ["{names.address}"]\n[rdap]\nbootstrap = "{web.url}/dns.json"\n')
    (tmp_path / "offer.eml").write_bytes(MAIL)
    yield tmp_path, names, web
    names.stop()
    web.stop()


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return kept | {"LAZARETTO_LOOKUPS": str(folder / "lookups.toml"), "PIP_CONFIG_FILE": os.devnull}


def test_plan_says_what_would_leave():
    (mail,) = read("a.eml", MAIL).mails
    told = [
        (one.whom, one.what)
        for one in plan([mail], ["acme.test"], LookupTable(("192.0.2.53",), "https://boot.test/dns.json"))
    ]
    assert told == [
        ("the table of registries", "https://boot.test/dns.json"),
        ("the registry of the domain's ending", "acme.test"),
        ("192.0.2.53", "acme.test (MX, NS, TXT), _dmarc.acme.test (TXT)"),
        ("192.0.2.53", "s1._domainkey.acme.test (TXT)"),
        ("192.0.2.53", "_dmarc.acme.test (TXT)"),
        ("192.0.2.53", "acme.test (TXT)"),
        ("192.0.2.53", "names that the policies of these domains point to (SPF)"),
    ]
    assert plan([], [], LookupTable()) == ()


def test_online_against_servers_of_our_own(world):
    folder, names, web = world
    lookups = real(environment(folder))
    (mail,) = read("a.eml", MAIL).mails
    (checked,), facts, gaps = answered([mail], ["acme.test", "acme-careers.test", "gone.test"], lookups=lookups)
    assert {one.method: one.result for one in checked.authentication.results} == {
        "dkim": "pass",
        "spf": "pass",
        "dmarc": "pass",
    }
    acme, careers, gone = facts
    assert acme == DomainFacts(
        "acme.test",
        date(2001, 1, 1),
        "",
        ("ns1.acme.test",),
        ("mx.acme.test",),
        "v=spf1 ip4:192.0.2.7 -all",
        "reject",
        parked=False,
        exists=True,
    )
    assert (careers.registered, careers.mx, careers.spf, careers.dmarc, careers.parked) == (
        date(2026, 11, 13),
        (),
        "",
        "",
        True,
    )
    assert (gone.exists, gone.mx, gone.nameservers) == (False, (), None)
    assert gaps == ()
    planned = " ".join(
        one.what
        for one in plan([mail], ["acme.test", "acme-careers.test", "gone.test"], LookupTable(bootstrap="http://x"))
    )
    assert all(name in planned for name, _ in names.asked)
    assert {path for path, _ in web.asked} == {
        "/dns.json",
        "/domain/acme.test",
        "/domain/acme-careers.test",
        "/domain/gone.test",
    }


def test_servers_that_are_down_leave_gaps(tmp_path):
    table = tmp_path / "lookups.toml"
    table.write_text('[dns]\nservers = ["127.0.0.1:1"]\n[rdap]\nbootstrap = "http://127.0.0.1:1/dns.json"\n')
    (mail,) = read("a.eml", MAIL).mails
    slow = real(environment(tmp_path))
    down = Lookups(lambda _n, _k: Answer(Told.FAILED), slow.registry)
    (checked,), (facts,), gaps = answered([mail], ["acme.test"], lookups=down)
    assert {one.method: one.result for one in checked.authentication.results} == {
        "dkim": "temperror",
        "spf": "temperror",
        "dmarc": "temperror",
    }
    assert (facts.mx, facts.spf, facts.dmarc, facts.registered, facts.exists) == (None, None, None, None, None)
    assert [gap.reason.english().partition(":")[0] for gap in gaps] == [
        "its registry did not tell",
        "name servers gave no answer about it",
    ]


def test_the_offer_uses_the_answers(world):
    folder, _, _ = world
    options = Options(files=(str(folder / "offer.eml"),), online=True, now=NOW, environment=environment(folder))
    rules = {reason.finding.rule: reason.finding.message.english() for reason in offer(options).verdict.reasons}
    assert rules["domain/newly-registered"] == "acme-careers.test was registered 12 days ago"
    assert "domain/parked" in rules
    assert "mail/authentication-failed" not in rules


def test_offline_with_pinned_records(world):
    folder, names, web = world
    records = folder / "keys.txt"
    records.write_text(f"s1._domainkey.acme.test TXT {KEY.record}\n")
    options = Options(
        files=(str(folder / "offer.eml"),), records=str(records), now=NOW, environment=environment(folder)
    )
    (mail,) = offer(options).case.mails
    assert [(one.method, one.result) for one in mail.authentication.results] == [("dkim", "pass")]
    (folder / "offer.eml").write_bytes(MAIL.replace(b"Hello", b"Hallo"))
    found = offer(options)
    assert any(reason.finding.rule == "mail/signature-broken" for reason in found.verdict.reasons)
    records.write_text("nonsense\n")
    assert any("line 1" in gap.reason.english() for gap in offer(options).gaps)
    assert names.asked == []
    assert web.asked == []
    assert answered([], [], "", Lookups(pinned({})))[1] == ()


WATCH = """
import sys
seen = []
def hook(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind"):
        seen.append(event)
        raise RuntimeError("the network was used: " + event)
sys.addaudithook(hook)
sys.argv = ["lazaretto", *sys.argv[1:]]
from lazaretto.__main__ import main
try:
    code = main()
except SystemExit as end:
    code = end.code
assert not seen, seen
print("CODE", code)
"""


def test_nothing_leaves_this_computer_offline(world):
    folder, names, web = world
    extra = environment(folder) | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "HOME": str(folder),
        "LAZARETTO_CACHE": str(folder / "cache"),
    }
    done = subprocess.run(
        [sys.executable, "-c", WATCH, "offer", str(folder / "offer.eml"), "--domain", "acme.test", "--company", "Acme"],
        env=extra,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "CODE" in done.stdout, done.stderr[-2000:]
    assert "the network was used" not in done.stderr
    assert names.asked == []
    assert web.asked == []
