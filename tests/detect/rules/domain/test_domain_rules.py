"""Rules of the family `domain`: for each an offer that is seen, near misses that are not, and the exact finding."""

from collections.abc import Callable
from datetime import date

import pytest

from lazaretto.detect.rules.domain.catalog import RULES
from lazaretto.detect.rules.domain.certificate_young import RULE as CERTIFICATE_YOUNG
from lazaretto.detect.rules.domain.confusable import RULE as CONFUSABLE
from lazaretto.detect.rules.domain.free_hosting import RULE as FREE_HOSTING
from lazaretto.detect.rules.domain.hiring_words import RULE as HIRING_WORDS
from lazaretto.detect.rules.domain.lookalike import RULE as LOOKALIKE
from lazaretto.detect.rules.domain.lookalike_vendor import RULE as LOOKALIKE_VENDOR
from lazaretto.detect.rules.domain.mixed_script import RULE as MIXED_SCRIPT
from lazaretto.detect.rules.domain.newly_registered import RULE as NEWLY_REGISTERED
from lazaretto.detect.rules.domain.no_mail_policy import RULE as NO_MAIL_POLICY
from lazaretto.detect.rules.domain.no_mx import RULE as NO_MX
from lazaretto.detect.rules.domain.not_the_company import RULE as NOT_THE_COMPANY
from lazaretto.detect.rules.domain.parked import RULE as PARKED
from lazaretto.model.finding import Confidence, Finding, Severity
from lazaretto.model.mail import DomainFacts

Run = Callable[..., list[Finding]]
BODY = b"\n\nHello\n"


def sent(address: str) -> bytes:
    return f"From: HR <{address}>".encode() + BODY


@pytest.mark.parametrize(
    ("host", "message", "severity", "confidence"),
    [
        (
            "acme-careers.com",
            "acme-careers.com is the name of acme.com with words of hiring added",
            Severity.MEDIUM,
            Confidence.MEDIUM,
        ),
        ("acmme.com", "", Severity.LOW, Confidence.LOW),
        ("acme.io", "acme.io has the name of acme.com under another ending", Severity.MEDIUM, Confidence.MEDIUM),
        (
            "acme.com.sign-in.net",
            "acme.com.sign-in.net begins with acme.com and belongs to somebody else",
            Severity.HIGH,
            Confidence.HIGH,
        ),
        ("аcme.com", "аcme.com is written to look like acme.com", Severity.HIGH, Confidence.HIGH),
        ("xn--cme-5cd.com", "xn--cme-5cd.com is written to look like acme.com", Severity.HIGH, Confidence.HIGH),
        ("acrne.com", "acrne.com is written to look like acme.com", Severity.HIGH, Confidence.HIGH),
        ("coinbasse.com", "coinbasse.com is one slip away from coinbase.com", Severity.MEDIUM, Confidence.MEDIUM),
        (
            "coinbase-hr.com",
            "coinbase-hr.com is the name of coinbase.com with words of hiring added",
            Severity.MEDIUM,
            Confidence.LOW,
        ),
        ("jobs.acme.com", "", Severity.LOW, Confidence.LOW),
        ("coinbase.io", "", Severity.LOW, Confidence.LOW),
        ("unrelated.com", "", Severity.LOW, Confidence.LOW),
        ("coinbase.com", "", Severity.LOW, Confidence.LOW),
    ],
)
def test_lookalikes(run: Run, host: str, message: str, severity: Severity, confidence: Confidence) -> None:
    found = run(LOOKALIKE, sent(f"hr@{host}"), domain="https://www.acme.com/careers")
    if not message:
        assert found == []
        return
    (one,) = found
    assert (one.message.english(), one.severity, one.confidence) == (message, severity, confidence)
    assert one.locations[0].path == "0.eml"


def test_lookalikes_in_links(run: Run) -> None:
    (one,) = run(LOOKALIKE, text="see https://rnicroscoft.com and\nhttps://careers-acme.com/x", domain="acme.com")
    assert (one.locations[0].path, one.locations[0].line) == ("chat.txt", 2)


def test_not_the_company(run: Run) -> None:
    (one,) = run(NOT_THE_COMPANY, sent("hr@acmegroup-talent.test"), domain="acme.test")
    assert one.message.english() == "the sender writes from acmegroup-talent.test, not from acme.test"
    for miss in ("hr@jobs.acme.test", "hr@gmail.com", "no-reply@greenhouse-mail.io"):
        assert run(NOT_THE_COMPANY, sent(miss), domain="acme.test") == []
    assert run(NOT_THE_COMPANY, sent("hr@other.test")) == []


def test_vendors(run: Run) -> None:
    (one,) = run(LOOKALIKE_VENDOR, text="Take the test on https://mettl-assess.com/t/1")
    assert one.message.english() == "mettl-assess.com looks like mettl.com, and is another domain"
    assert run(LOOKALIKE_VENDOR, sent("x@hackerrrank.com"))
    for miss in ("https://www.hackerrank.com/t", "https://acme.com", "https://calendly.com/x", "https://zoomdata.com"):
        assert run(LOOKALIKE_VENDOR, text=f"see {miss}") == [], miss


def test_words_of_hiring(run: Run) -> None:
    (one,) = run(HIRING_WORDS, sent("a@acme-talent.test"))
    assert one.message.english() == "the sender's domain acme-talent.test is made of words of hiring: talent"
    assert run(HIRING_WORDS, sent("a@quickhiring.test"))
    for miss in ("a@acme.test", "a@hrd.test", "a@indeed.com", "a@gmail.com", "a@teamwork.test"):
        assert run(HIRING_WORDS, sent(miss)) == [], miss
    assert run(HIRING_WORDS, sent("a@acme-talent.test"), domain="acme-talent.test") == []


def test_scripts(run: Run) -> None:
    (one,) = run(MIXED_SCRIPT, sent("hr@аcme.test"))
    assert one.message.english() == "the name xn--cme-5cd.test mixes scripts: CYRILLIC, LATIN"
    for miss in ("hr@예시.test", "hr@삼성hr.test", "hr@acme.test", "hr@münchen.test"):
        assert run(MIXED_SCRIPT, sent(miss)) == [], miss
    (one,) = run(CONFUSABLE, sent("hr@аррӏе.test"))
    assert one.message.english().endswith("is written to be read as appie")
    for miss in ("hr@пример.test", "hr@예시.test", "hr@acme.test"):
        assert run(CONFUSABLE, sent(miss)) == [], miss


def test_hosting(run: Run) -> None:
    (one,) = run(FREE_HOSTING, text="our site: https://acme-capital.vercel.app", company="Acme Capital")
    assert (one.message.english(), one.confidence) == (
        "a site of the offer is on free hosting: acme-capital.vercel.app",
        Confidence.MEDIUM,
    )
    (one,) = run(FREE_HOSTING, text="demo: https://todo-demo.vercel.app", company="Acme Capital")
    assert one.confidence is Confidence.LOW
    assert run(FREE_HOSTING, text="our site: https://acme.com") == []


def test_age(run: Run) -> None:
    for day, severity in (
        (date(2026, 11, 13), Severity.HIGH),
        (date(2026, 9, 10), Severity.MEDIUM),
        (date(2026, 3, 1), Severity.LOW),
    ):
        (one,) = run(NEWLY_REGISTERED, domains=(DomainFacts("acme.test", registered=day),))
        assert one.severity is severity
    (one,) = run(NEWLY_REGISTERED, domains=(DomainFacts("acme.test", registered=date(2026, 11, 13)),))
    assert one.message.english() == "acme.test was registered 12 days ago"
    (one,) = run(NEWLY_REGISTERED, domains=(DomainFacts("acme.test", exists=False),))
    assert one.message.english() == "nobody registered acme.test, says its registry"
    for miss in (
        DomainFacts("acme.test", registered=date(2019, 1, 1)),
        DomainFacts("acme.test"),
        DomainFacts("acme.test", registered=date(2027, 1, 1)),
    ):
        assert run(NEWLY_REGISTERED, domains=(miss,)) == []


def test_name_servers(run: Run) -> None:
    mail = sent("hr@mail.acme.test")
    (one,) = run(NO_MX, mail, domains=(DomainFacts("acme.test", mx=(".",)),))
    assert one.message.english() == "acme.test receives no mail: it has no server for it"
    for miss in (
        DomainFacts("acme.test", mx=("mx.acme.test",)),
        DomainFacts("acme.test"),
        DomainFacts("other.test", mx=()),
    ):
        assert run(NO_MX, mail, domains=(miss,)) == []
    (one,) = run(NO_MAIL_POLICY, mail, domains=(DomainFacts("acme.test", spf="", dmarc=""),))
    assert (one.severity, one.confidence) == (Severity.LOW, Confidence.MEDIUM)
    for miss in (
        DomainFacts("acme.test", spf="v=spf1 -all", dmarc="reject"),
        DomainFacts("acme.test", spf="", dmarc=None),
    ):
        assert run(NO_MAIL_POLICY, mail, domains=(miss,)) == []
    assert run(PARKED, domains=(DomainFacts("acme.test", parked=True),))
    assert run(PARKED, domains=(DomainFacts("acme.test", parked=False), DomainFacts("b.test"))) == []
    old = date(2019, 1, 1)
    assert run(
        CERTIFICATE_YOUNG, domains=(DomainFacts("acme.test", registered=old, certificate_since=date(2026, 11, 17)),)
    )
    assert (
        run(
            CERTIFICATE_YOUNG,
            domains=(DomainFacts("acme.test", registered=old, certificate_since=old), DomainFacts("a.test")),
        )
        == []
    )


def test_all_rules_live_with_nothing_and_with_junk(run: Run) -> None:
    for rule in RULES:
        assert run(rule) == []
        run(
            rule,
            b"From: @\n\n",
            b"\xff" * 50,
            text="https://xn--.test https://" + "a" * 300 + ".com http://xn--99999999999.com",
            company="x",
            domain="...",
            recruiter_email="@",
        )
