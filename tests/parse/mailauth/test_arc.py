"""ARC chains: sealed with our keys, dkimpy as the oracle. ValiMail's suite (171 cases) is run where `LAZARETTO_MAIL_SUITES` has it."""

import os
from pathlib import Path

import dkim as oracle
import pytest
from signing import RsaKey, sealed

from lazaretto.model.dns import Answer, Told, not_asked, pinned
from lazaretto.parse.mailauth import arc

KEY = RsaKey(1024)
ZONE = {("s1._domainkey.list.test", "TXT"): (KEY.record,)}
LETTER = b"From: hr@corp.test\r\nTo: me@home.test\r\nSubject: offer\r\n\r\nHello\r\n"


def chain(message: bytes, count: int) -> bytes:
    for number in range(1, count + 1):
        message = sealed(message, KEY, "list.test", number)
    return message


def test_chains() -> None:
    assert arc.verify(LETTER, pinned(ZONE)).result == "none"
    for count in (1, 2, 4):
        message = chain(LETTER, count)
        found = arc.verify(message, pinned(ZONE))
        assert (found.result, found.domain, found.verified) == ("pass", "list.test", True), found
        for one in (message, message.replace(b"Hello", b"Hallo"), message.replace(b"spf=pass", b"spf=fail")):
            theirs, _, _ = oracle.arc_verify(one, dnsfunc=lambda *_a, **_k: KEY.record.encode())
            assert theirs.decode().lower() == arc.verify(one, pinned(ZONE)).result
        assert arc.verify(message.replace(b"\r\n", b"\n"), pinned(ZONE)).result == "pass"
        assert arc.verify(message.replace(b"Hello", b"Hallo"), pinned(ZONE)).result == "fail"
        assert arc.verify(message.replace(b"spf=pass", b"spf=fail"), pinned(ZONE)).result == "fail"
        assert arc.verify(message, not_asked).result == "unknown"
        assert arc.verify(message, lambda _n, _k: Answer(Told.FAILED)).result == "temperror"
        doubled = b"ARC-Seal: i=1; cv=none; a=rsa-sha256; d=list.test; s=s1; b=AAAA\r\n" + message
        assert arc.verify(doubled, pinned(ZONE)).result == "fail"
    gap = chain(LETTER, 1).replace(b"i=1", b"i=3")
    assert arc.verify(gap, pinned(ZONE)).note == "a set or a part of one is missing"


SUITE = Path(os.environ.get("LAZARETTO_MAIL_SUITES", "/nowhere")) / "arc-validation-tests.yml"


@pytest.mark.skipif(not SUITE.exists(), reason="needs the ARC suite: LAZARETTO_MAIL_SUITES/arc-validation-tests.yml")
def test_the_suite() -> None:
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe")
    yaml.allow_duplicate_keys = True
    count = 0
    for scenario in filter(None, yaml.load_all(SUITE.read_text("utf-8"))):
        zone = {(name.lower(), "TXT"): (value,) for name, value in scenario["txt-records"].items() if value}
        ask = pinned(zone, lambda _n, _k: Answer(Told.NO_NAME))
        for name, case in scenario["tests"].items():
            wanted = (case["cv"] or "fail").lower()
            found = arc.verify((case["message"] or "").encode(), ask)
            assert found.result == wanted or (wanted == "fail" and found.result == "unknown"), (name, found)
            count += 1
    assert count == 171
