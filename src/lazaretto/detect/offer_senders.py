"""From whom an offer comes, as far as names tell: hosts of addresses and links, and whose they are when that is known.

The tables lie in `detect/data/senders.txt`. They say whom a name belongs to; they clear nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lazaretto.detect.approach import Approach
from lazaretto.detect.domain_likeness import ascii_name
from lazaretto.model.mail import Mail
from lazaretto.parse.suffixes import registrable

FREE = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "outlook.kr", "hotmail.com", "live.com", "msn.com", "yahoo.com",
    "yahoo.co.jp", "yahoo.co.kr",
    "ymail.com", "icloud.com", "me.com", "mac.com", "gmx.com", "gmx.net", "gmx.de", "web.de", "mail.com",
    "mail.ru", "yandex.ru", "yandex.com",
    "qq.com", "163.com", "126.com", "foxmail.com", "sina.com", "naver.com", "daum.net", "hanmail.net", "kakao.com",
    "nate.com", "protonmail.com",
    "proton.me", "pm.me", "tutanota.com", "tuta.io", "tutamail.com", "aol.com", "zohomail.com", "fastmail.com",
    "hey.com", "duck.com",
    "mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com", "tempmail.com", "temp-mail.org",
    "onionmail.org", "mail.tm", "cock.li",
})  # fmt: skip
"""Providers where anybody gets an address in a minute."""

SERVICE, EMPLOYER = "service", "employer"


@dataclass(frozen=True, slots=True)
class Known:
    """A service or an employer."""

    kind: str
    names: tuple[str, ...]
    """As display names have them."""
    domains: frozenset[str]
    """Registrable domains."""
    word: re.Pattern[str]
    """Finds one of the names as a word of its own."""


@dataclass(frozen=True, slots=True)
class Host:
    """A host that the offer uses."""

    name: str
    """Lower case, as written."""
    path: str
    line: int
    part: str
    """`from`, `reply-to`, `claim` (what the person typed), `text` (a mail address in a text), `link`."""
    address: str = ""
    """The whole mail address, when it is one."""

    @property
    def site(self) -> str:
        """The registrable domain in ASCII; the host itself where there is none."""
        return site(self.name)


def site(host: str) -> str:
    """Return the registrable domain of a host in ASCII; the host itself where there is none."""
    plain = ascii_name(host.lower().rstrip("."))
    return registrable(plain) or plain


def senders(view: Approach) -> tuple[Host, ...]:
    """Return the hosts of those who write: From and Reply-To of the outermost mails, and what the person typed."""
    found: dict[tuple[str, str], Host] = {}
    for mail in view.case.mails:
        for part, boxes in (("from", mail.senders or (mail.sender,)), ("reply-to", mail.reply_to)):
            for box in boxes:
                if box.domain:
                    host = Host(box.domain, mail.name, mail.line(part), part, box.address)
                    found.setdefault((box.domain, part), host)
    typed = view.case.claims.recruiter_email.strip()
    if "@" in typed:
        domain = typed.rpartition("@")[2].lower()
        found.setdefault((domain, "claim"), Host(domain, view.case.name, 1, "claim", typed))
    return tuple(found.values())


def hosts(view: Approach) -> Iterator[Host]:
    """Yield all hosts, senders first, each name once."""
    told: set[str] = set()
    for one in (*senders(view), *_in_texts(view)):
        if one.name not in told:
            told.add(one.name)
            yield one


def _in_texts(view: Approach) -> Iterator[Host]:
    for path, line, address in view.addresses:
        if address.kind != "local" and not re.fullmatch(r"[\d.]+", address.host):
            yield Host(address.host, path, line, "link")
    for written in view.written:
        for box in written.mailboxes:
            place = written.text.text.lower().find(box)
            line = written.line(place) if place >= 0 else 1
            yield Host(box.rpartition("@")[2], written.text.name, line, "text", box)


@cache
def known() -> tuple[Known, ...]:
    """Return the table."""
    text = (files("lazaretto.detect") / "data" / "senders.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(_known(*row) for row in rows)


def owner(host: str) -> Known | None:
    """Return whose a host is, when the table has it."""
    name = site(host)
    return next((one for one in known() if name in one.domains), None)


def named(text: str, kind: str) -> Known | None:
    """Return the service or employer whose name is a word of a display name."""
    return next((one for one in known() if one.kind == kind and one.word.search(text)), None)


def is_free(host: str) -> bool:
    """Tell whether anybody gets an address there."""
    return host in FREE or site(host) in FREE


def own_domains(view: Approach) -> frozenset[str]:
    """Return the registrable domains of the company that the offer is from: as the person knows it, or by its name."""
    told = view.case.claims.domain.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0]
    company = view.case.claims.company.strip().lower()
    own = {site(told)} if told else set()
    for one in known():
        if company and company in (name.lower() for name in one.names):
            own |= one.domains
    return frozenset(own)


def verdict_passes(mail: Mail, domain: str) -> bool:
    """Tell whether something that is to be believed says that this domain sent the mail."""
    told = mail.authentication
    if told is None:
        return False
    return any(
        (one.method == "dmarc" or (one.method == "dkim" and site(one.domain) == site(domain) and one.signed))
        and one.result == "pass"
        and (one.verified or told.trusted_header)
        for one in told.results
    )


def _known(kind: str, names: str, domains: str) -> Known:
    listed = tuple(names.split("|"))
    # a name of Latin letters ends where the letters end; a Korean one may have a particle behind it
    words = (rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name) for name in listed)
    return Known(kind, listed, frozenset(domains.split("|")), re.compile("|".join(words), re.IGNORECASE))
