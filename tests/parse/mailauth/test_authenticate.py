"""What the receiver told and what is computed here, joined; and which results header is to be believed."""

import pytest
from signing import RsaKey, signed

from lazaretto.model.dns import Answer, Told, pinned
from lazaretto.model.mail import Authentication
from lazaretto.parse.mail.read import read
from lazaretto.parse.mailauth import records
from lazaretto.parse.mailauth.authenticate import authenticate, border

KEY = RsaKey(1024)
KEYS = f"""
# what corp.test publishes
s1._domainkey.corp.test  TXT  "{KEY.record[:60]}" "{KEY.record[60:]}"
corp.test.               300 IN TXT v=spf1 ip4:192.0.2.7 -all
_dmarc.corp.test         TXT  "v=DMARC1; p=reject"
"""
LETTER = b"From: HR <hr@corp.test>\r\nTo: me@home.test\r\nSubject: offer\r\nDate: Tue, 24 Nov 2026 10:00:00 +0900\r\n\r\nHello\r\n"
ENVELOPE = (
    b"Return-Path: <bounce@corp.test>\r\nReceived: from mx1.home.test (mx1.home.test [10.0.0.1]) by store.home.test; Tue, 24 Nov 2026 10:00:03 +0900\r\n"
    b"Received: from out.corp.test (out.corp.test [192.0.2.7]) by mx1.home.test with ESMTPS; Tue, 24 Nov 2026 10:00:02 +0900\r\n"
)


def checked(message: bytes, text: str = KEYS) -> Authentication:
    (mail,) = read("a.eml", message).mails
    found = authenticate(mail, records.read(text, lambda _n, _k: Answer(Told.NO_NAME)))
    assert found is not None
    return found


def words(found: Authentication) -> dict[str, str]:
    return {one.method: one.result for one in found.results if one.verified}


def test_everything_is_checked_with_pinned_records() -> None:
    assert words(checked(ENVELOPE + signed(LETTER, KEY, "corp.test"))) == {
        "dkim": "pass",
        "spf": "pass",
        "dmarc": "pass",
    }
    forged = ENVELOPE.replace(b"192.0.2.7", b"203.0.113.5") + LETTER
    assert words(checked(forged)) == {"spf": "fail", "dmarc": "fail"}
    elsewhere = ENVELOPE + signed(LETTER.replace(b"hr@corp.test", b"hr@bank.test"), KEY, "corp.test")
    text = KEYS + "_dmarc.bank.test TXT v=DMARC1; p=none"
    found = checked(elsewhere, text)
    assert words(found) == {"dkim": "pass", "spf": "pass", "dmarc": "fail"}
    assert [one.aligned for one in found.of("dkim")] == [False]


def test_offline_only_the_body_is_compared() -> None:
    (mail,) = read("a.eml", ENVELOPE + signed(LETTER, KEY, "corp.test").replace(b"Hello", b"Hallo")).mails
    found = authenticate(mail)
    assert found is not None
    assert [(one.method, one.result) for one in found.results] == [("dkim", "fail")]
    (mail,) = read("a.eml", ENVELOPE + signed(LETTER, KEY, "corp.test")).mails
    found = authenticate(mail)
    assert found is not None
    assert [(one.method, one.result) for one in found.results] == [("dkim", "unknown")]
    (mail,) = read("a.eml", LETTER).mails
    assert authenticate(mail) is None


def test_the_border_is_where_the_mail_came_in() -> None:
    (mail,) = read("a.eml", ENVELOPE + LETTER).mails
    hop = border(mail)
    assert hop is not None
    assert hop.address == "192.0.2.7"
    below = b"Received: from laptop (unknown [203.0.113.77]) by out.corp.test; Tue, 24 Nov 2026 10:00:01 +0900\r\n"
    (mail,) = read("a.eml", ENVELOPE + below + LETTER).mails
    hop = border(mail)
    assert hop is not None
    assert hop.address == "192.0.2.7"
    (mail,) = read("a.eml", LETTER).mails
    assert border(mail) is None


OWN = b"Authentication-Results: mx1.home.test; dkim=pass header.d=corp.test header.s=s1; spf=fail (no) smtp.mailfrom=bounce@vendor.test; dmarc=fail (p=reject) header.from=corp.test\r\n"
OTHER = b"Authentication-Results: mx.evil.test; dmarc=pass header.from=corp.test\r\n"


@pytest.mark.parametrize(
    ("head", "server", "trusted"),
    [
        (OWN + ENVELOPE, "mx1.home.test", True),
        (ENVELOPE + OWN, "mx1.home.test", True),
        (OWN + OTHER + ENVELOPE, "mx1.home.test", True),
        (ENVELOPE + OTHER, "mx.evil.test", False),
        (OTHER + ENVELOPE, "mx.evil.test", False),
        (ENVELOPE + b"Received: from a by out.corp.test; x\r\n" + OWN, "mx1.home.test", False),
        (OWN, "mx1.home.test", True),
        (
            b"Received: by a.prod.outlook.com; x\r\nAuthentication-Results: spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=corp.test; dkim=none\r\n",
            "",
            True,
        ),
        (ENVELOPE + b"Authentication-Results: spf=pass smtp.mailfrom=corp.test\r\n", "", False),
    ],
)
def test_which_header_is_believed(head: bytes, server: str, trusted: bool) -> None:
    (mail,) = read("a.eml", head + LETTER).mails
    found = mail.authentication
    assert found is not None
    assert (found.trusted_header, found.results[0].server) == (trusted, server)


def test_what_a_header_says() -> None:
    (mail,) = read("a.eml", OWN + ENVELOPE + LETTER).mails
    assert mail.authentication is not None
    assert [
        (one.method, one.result, one.domain, one.aligned, one.note, one.selector) for one in mail.authentication.results
    ] == [
        ("dkim", "pass", "corp.test", True, "", "s1"),
        ("spf", "fail", "vendor.test", False, "no", ""),
        ("dmarc", "fail", "corp.test", None, "p=reject", ""),
    ]


def test_records_files() -> None:
    look = records.read('a.test TXT "x \\"y\\" " "z"\nA.test MX 10 mx.test\n; comment\n')
    assert look("A.TEST", "TXT") == Answer(Told.FOUND, ('x "y" z',))
    assert look("a.test.", "MX").values == ("10 mx.test",)
    assert look("b.test", "TXT").told is Told.NOT_ASKED
    with pytest.raises(records.RecordError, match="line 2"):
        records.read("a.test A 192.0.2.1\nnonsense\n")
    assert pinned({})("x", "A").told is Told.NOT_ASKED
