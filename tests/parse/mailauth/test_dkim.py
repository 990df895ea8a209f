"""Signatures: the example of RFC 8463 (whose RSA key is that of RFC 6376), our own keys, and dkimpy as the oracle."""

import base64
import contextlib
import logging
import random
import time
from datetime import UTC, datetime

import dkim as oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signing import RsaKey, ed25519_pair, signed

from lazaretto.model.dns import Answer, Told, not_asked, pinned
from lazaretto.parse.mailauth import canonical, keys
from lazaretto.parse.mailauth.dkim import verify

KEY = RsaKey(1024)
SMALL = RsaKey(768, seed=2)
ZONE = {("s1._domainkey.corp.test", "TXT"): (KEY.record,)}
LETTER = b"From: HR <hr@corp.test>\r\nTo: me@home.test\r\nSubject: offer\r\nDate: Tue, 24 Nov 2026 10:00:00 +0900\r\n\r\nHello,\r\n\r\n  see  you \r\n\r\n\r\n"

# RFC 8463, appendix A
RFC_8463 = b"""DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"""
RFC_ZONE = {
    ("brisbane._domainkey.football.example.com", "TXT"): ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",),
    ("test._domainkey.football.example.com", "TXT"): (
        ("v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/b"
        "yYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"),
    ),
}  # fmt: skip


def results(message: bytes, zone: object = None, **more: object) -> list[str]:
    return [one.result for one in verify(message, "corp.test", pinned(zone or ZONE), **more)]  # type: ignore[arg-type]


def test_the_example_of_the_standard() -> None:
    for message in (RFC_8463, RFC_8463.replace(b"\n", b"\r\n"), b"From someone Tue Nov 24 10:00:00 2026\n" + RFC_8463):
        found = verify(message, "football.example.com", pinned(RFC_ZONE))
        assert [(one.result, one.domain, one.selector, one.aligned, one.signed, one.verified) for one in found] == [
            ("pass", "football.example.com", "brisbane", True, True, True),
            ("pass", "football.example.com", "test", True, True, True),
        ]
    for old, new in ((b"hungry", b"angry"), (b"dinner", b"supper"), (b"From: Joe", b"From: Jo")):
        assert results(RFC_8463.replace(old, new), RFC_ZONE) == ["fail", "fail"]
    spaced = (
        RFC_8463.replace(b"We lost", b"We \t lost")
        .replace(b"Subject: Is", b"SUBJECT:   Is")
        .replace(b"Joe.\n", b"Joe. \n\n\n")
    )
    assert results(spaced, RFC_ZONE) == ["pass", "pass"]


def test_words_of_every_outcome() -> None:
    good = signed(LETTER, KEY, "corp.test")
    assert results(good) == ["pass"]
    assert results(good.replace(b"Hello", b"Hallo"))[0] == "fail"
    for answer, word in (
        (Told.FAILED, "temperror"),
        (Told.NO_NAME, "unknown"),
        (Told.EMPTY, "unknown"),
        (Told.NOT_ASKED, "unknown"),
    ):
        (one,) = verify(good, "corp.test", lambda _n, _k, answer=answer: Answer(answer))
        assert one.result == word
    (altered,) = verify(good.replace(b"Hello", b"Hallo"), "corp.test", not_asked)
    assert (altered.result, altered.note) == ("fail", "the body is not what was signed")
    zone = {("s1._domainkey.corp.test", "TXT"): ("v=DKIM1; p=",)}
    (revoked,) = verify(good, "corp.test", pinned(zone))
    assert (revoked.result, revoked.note) == ("permerror", "the key was revoked")
    zone = {("s1._domainkey.corp.test", "TXT"): (RsaKey(1024, seed=9).record,)}
    assert results(good, zone) == ["fail"]
    zone = {("s1._domainkey.corp.test", "TXT"): (SMALL.record,)}
    (weak,) = verify(signed(LETTER, SMALL, "corp.test"), "corp.test", pinned(zone))
    assert (weak.result, weak.note) == ("permerror", "the key has only 768 bits")
    for record in (
        "v=DKIM2; p=AA",
        "k=ed25519; p=AAAA",
        KEY.record + "; h=sha1",
        KEY.record + "; s=tlsrpt",
        "v=DKIM1; p=****",
        "nonsense",
    ):
        assert results(good, {("s1._domainkey.corp.test", "TXT"): (record,)}) == ["permerror"], record
    bare = "p=" + base64.b64encode(KEY.bare).decode()
    assert results(good, {("s1._domainkey.corp.test", "TXT"): (bare,)}) == ["pass"]


def test_what_a_signature_must_say() -> None:
    good = signed(LETTER, KEY, "corp.test")
    for old, new in (
        (b"v=1;", b"v=2;"),
        (b"v=1;", b""),
        (b"d=corp.test;", b""),
        (b"d=corp.test;", b"d=-;"),
        (b"rsa-sha256", b"rsa-md5"),
        (b"rsa-sha256", b"rsa-sha1"),
        (b"relaxed/relaxed", b"odd/relaxed"),
        (b"h=from:", b"h="),
        (b"v=1;", b"v=1; v=1;"),
        (b"v=1;", b"v=1; i=x@other.test;"),
        (b"v=1;", b"v=1; l=abc;"),
        (b"v=1;", b"v=1; t=200; x=100;"),
        (b"v=1;", b"v=1; q=carrier;"),
        (b"v=1;", b"v=1 nonsense"),
    ):
        assert results(good.replace(old, new, 1))[0] in ("permerror", "fail"), new
    timed = signed(LETTER, KEY, "corp.test", extra=" t=1000; x=2000;")
    assert results(timed, at=datetime.fromtimestamp(1500, UTC)) == ["pass"]
    assert results(timed, at=datetime.fromtimestamp(3000, UTC)) == ["fail"]
    identity = signed(LETTER, KEY, "corp.test", extra=" i=hr@mail.corp.test;")
    assert results(identity) == ["pass"]
    assert results(identity, {("s1._domainkey.corp.test", "TXT"): (KEY.record + "; t=s",)}) == ["permerror"]


def test_signatures_that_prove_less() -> None:
    body = canonical.body(canonical.raw_of(LETTER).body, b"relaxed")
    part = signed(LETTER, KEY, "corp.test", extra=f" l={len(body)};")
    (one,) = verify(part, "corp.test", pinned(ZONE))
    assert (one.result, one.signed) == ("pass", True)
    longer = part[: -len(LETTER)] + LETTER.rstrip(b"\r\n") + b"\r\nRun this: https://evil.test\r\n"
    (one,) = verify(longer, "corp.test", pinned(ZONE))
    assert (one.result, one.signed) == ("pass", False)
    doubled = b"From: Boss <boss@corp.test>\r\n" + signed(LETTER, KEY, "corp.test")
    (one,) = verify(doubled, "corp.test", pinned(ZONE))
    assert (one.result, one.signed) == ("pass", False)
    (other,) = verify(signed(LETTER, KEY, "corp.test"), "bank.test", pinned(ZONE))
    assert (other.result, other.aligned) == ("pass", False)
    (sub,) = verify(signed(LETTER, KEY, "corp.test"), "mail.corp.test", pinned(ZONE))
    assert sub.aligned is True


@pytest.mark.parametrize("how", ["simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed"])
def test_what_dkimpy_signs_and_judges(how: str) -> None:
    logging.disable(logging.CRITICAL)
    chance = random.Random(how)
    head, body = how.encode().split(b"/")
    pieces = [
        b" ",
        b"  ",
        b"\t",
        b"\r\n",
        b"\r\n\r\n",
        b"a",
        b"word",
        b".",
        b"\xec\xb1\x84",
        b"=",
        b"\r\n\r\n\r\n",
        b";",
    ]
    agree = {True: 0, False: 0}
    for _ in range(120):
        letter = (
            b"From: hr@corp.test\r\nTo:  me@home.test \r\nSubject: a\r\n b\t c\r\nX-A: 1\r\nX-A: 2\r\n\r\n"
            + b"".join(chance.choices(pieces, k=chance.randrange(30)))
            + b"end\r\n"
        )
        include = [b"from", b"to", b"subject", b"x-a", b"x-a", b"x-not-there"][: chance.randrange(1, 7)]
        line = oracle.sign(
            letter,
            b"s1",
            b"corp.test",
            KEY.pem,
            canonicalize=(head, body),
            include_headers=include,
            length=chance.random() < 0.2,
        )
        message = line + letter
        if chance.random() < 0.6:
            at = chance.randrange(len(message))
            message = (
                message[:at] + chance.choice(pieces) + message[at + chance.randrange(2) :].rstrip(b"\r\n") + b"\r\n"
            )
        ours = results(message)
        try:
            theirs = oracle.verify(message, dnsfunc=lambda *_a, **_k: KEY.record.encode())
        except (oracle.DKIMException, ValueError):
            theirs = False
        assert (ours[:1] == ["pass"]) == theirs, message
        agree[theirs] += 1
    assert min(agree.values()) > 10


def test_ed25519() -> None:
    # RFC 8032, section 7.1, tests 1 and 3
    one = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert keys.ed25519_agrees(one, signature, b"")
    assert not keys.ed25519_agrees(one, signature, b"x")
    third = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    assert keys.ed25519_agrees(third, signature, bytes.fromhex("af82"))
    public, sign = ed25519_pair(b"7" * 32)
    assert keys.ed25519_agrees(public, sign(b"hello"), b"hello")  # type: ignore[operator]
    assert not keys.ed25519_agrees(public, sign(b"hello")[:-1] + b"\xff", b"hello")  # type: ignore[operator]
    assert not keys.ed25519_agrees(b"\xff" * 32, bytes(64), b"")
    assert not keys.ed25519_agrees(b"short", bytes(64), b"")


def test_blanks_and_fields_without_end_take_no_time() -> None:
    begin = time.process_time()
    for body in (b" " * 4_000_000, b"\t \r\n" * 1_000_000, b"\r\n" * 2_000_000):
        results(signed(b"From: a@corp.test\r\n\r\nx", KEY, "corp.test")[:-1] + body)
    results(
        b"DKIM-Signature: v=1;" + b" ;" * 100_000 + b"\r\n" + b"DKIM-Signature: v=1; b=" + b" " * 500_000 + b"\r\n" * 2
    )
    results(b"X: y\r\n" * 200_000 + b"\r\n")
    assert time.process_time() - begin < 8


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    b"DKIM-Signature: ",
                    b"v=1; ",
                    b"a=rsa-sha256; ",
                    b"d=corp.test; ",
                    b"s=s1; ",
                    b"h=from; ",
                    b"bh=AAAA; ",
                    b"b=AAAA; ",
                    b"l=1; ",
                    b"\r\n",
                    b"From: x\r\n",
                    b";",
                    b"i=",
                    b"\r\n\r\n",
                ]
            ),
            st.binary(max_size=6),
        ),
        max_size=25,
    )
)
def test_any_pieces(pieces: list[bytes]) -> None:
    verify(b"".join(pieces), "corp.test", pinned(ZONE))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_key(data: bytes) -> None:
    with contextlib.suppress(keys.KeyFormError):
        keys.rsa_agrees(keys.rsa_key(data), b"x", b"y")
