"""DMARC: policies found, alignment in both modes (RFC 7489, sections 3.1, 6.3 and 6.6.3)."""

import pytest

from lazaretto.model.dns import Answer, Told, not_asked, pinned
from lazaretto.model.mail import AuthResult
from lazaretto.parse.mailauth import dmarc

ZONE = {
    ("_dmarc.corp.test", "TXT"): ("v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@corp.test",),
    ("_dmarc.strict.test", "TXT"): ("v=DMARC1; p=none; adkim=s; aspf=s",),
    ("_dmarc.odd.test", "TXT"): ("v=DMARC1; p=sometimes; rua=mailto:a@odd.test",),
    ("_dmarc.two.test", "TXT"): ("v=DMARC1; p=none", "v=DMARC1; p=reject"),
    ("_dmarc.wrong.test", "TXT"): ("p=reject; v=DMARC1", "hello", "v=DMARC1;"),
    ("_dmarc.example.co.kr", "TXT"): ("v=DMARC1;p=quarantine",),
}


def look(name: str, kind: str) -> Answer:
    return pinned(ZONE, lambda _n, _k: Answer(Told.NO_NAME))(name, kind)


@pytest.mark.parametrize(
    ("domain", "asks", "place"),
    [
        ("corp.test", "reject", "corp.test"),
        ("mail.hr.corp.test", "quarantine", "corp.test"),
        ("jobs.example.co.kr", "quarantine", "example.co.kr"),
        ("odd.test", "none", "odd.test"),
        ("two.test", "", ""),
        ("wrong.test", "", ""),
        ("none.test", "", ""),
    ],
)
def test_policies(domain: str, asks: str, place: str) -> None:
    found = dmarc.policy(domain, look)
    assert (found.asks, found.domain) == (asks, place)
    assert found.told is (Told.FOUND if asks else Told.EMPTY)


def dkim(result: str, domain: str, **more: bool) -> AuthResult:
    return AuthResult("dkim", result, domain, verified=True, **more)  # type: ignore[arg-type]


SPF_FAILS = AuthResult("spf", "fail", "corp.test")


@pytest.mark.parametrize(
    ("domain", "signatures", "spf", "result"),
    [
        ("corp.test", [dkim("pass", "mail.corp.test")], SPF_FAILS, "pass"),
        ("corp.test", [dkim("pass", "vendor.test"), dkim("pass", "corp.test")], SPF_FAILS, "pass"),
        ("corp.test", [dkim("pass", "vendor.test")], SPF_FAILS, "fail"),
        ("corp.test", [dkim("pass", "corp.test", signed=False)], SPF_FAILS, "fail"),
        ("corp.test", [], AuthResult("spf", "pass", "bounce.corp.test"), "pass"),
        ("corp.test", [], AuthResult("spf", "pass", "vendor.test"), "fail"),
        ("corp.test", [dkim("unknown", "corp.test")], SPF_FAILS, "unknown"),
        ("corp.test", [], None, "unknown"),
        ("strict.test", [dkim("pass", "mail.strict.test")], SPF_FAILS, "fail"),
        ("strict.test", [dkim("pass", "strict.test")], SPF_FAILS, "pass"),
        ("strict.test", [], AuthResult("spf", "pass", "mail.strict.test"), "fail"),
        ("none.test", [dkim("pass", "none.test")], SPF_FAILS, "none"),
        ("a.example.co.kr", [dkim("pass", "b.example.co.kr")], SPF_FAILS, "pass"),
        ("a.example.co.kr", [dkim("pass", "other.co.kr")], SPF_FAILS, "fail"),
    ],
)
def test_alignment(domain: str, signatures: list[AuthResult], spf: AuthResult | None, result: str) -> None:
    assert dmarc.evaluate(domain, signatures, spf, dmarc.policy(domain, look)).result == result


def test_what_is_not_known() -> None:
    assert dmarc.evaluate("corp.test", [], SPF_FAILS, dmarc.policy("corp.test", not_asked)).result == "unknown"
    down = dmarc.policy("corp.test", lambda _n, _k: Answer(Told.FAILED))
    assert dmarc.evaluate("corp.test", [], SPF_FAILS, down).result == "temperror"
