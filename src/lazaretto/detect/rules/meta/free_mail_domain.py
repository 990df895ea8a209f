"""All addresses of a package are free or disposable ones.

What it sees
    Author and maintainers have addresses, and all of them are at free mail providers or at providers of
    throw-away mailboxes.

Why it matters
    Such an address binds nobody.

Example
    author_email: someone@mailbox.example

What to do
    Look at what else the publisher has, and since when.

False alarms
    Most private people use free mail: low confidence. Throw-away mailboxes are seldom innocent.

References
    ATT&CK T1585.002.
"""

from collections.abc import Iterator

from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_FREE = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "gmx.com",
    "gmx.net", "gmx.de", "mail.ru", "yandex.ru", "yandex.com", "qq.com", "163.com", "126.com", "naver.com",
    "protonmail.com", "proton.me", "pm.me", "tutanota.com", "tuta.io", "aol.com", "zoho.com", "web.de",
})  # fmt: skip
_DISPOSABLE = frozenset({
    "mailinator.com", "guerrillamail.com", "guerrillamail.info", "sharklasers.com", "10minutemail.com", "tempmail.com",
    "temp-mail.org", "yopmail.com", "trashmail.com", "getnada.com", "dispostable.com", "maildrop.cc", "mailnesia.com",
    "throwawaymail.com", "fakeinbox.com", "mohmal.com", "emailondeck.com", "moakt.com", "mintemail.com", "cock.li",
    "onionmail.org", "airmail.cc", "mail.tm", "dropmail.me", "tempr.email", "discard.email", "spam4.me",
})  # fmt: skip
"""Providers that ask for nothing and keep nothing; from their own pages, 2026."""


def check(release: Release) -> Iterator[Match]:
    """One match, for the most telling kind."""
    domains = {address.rpartition("@")[2] for address in release.facts.emails}
    if found := sorted(domains & _DISPOSABLE):
        yield Match(
            N_("an address of the package is at a provider of throw-away mailboxes: {domain}"),
            params={"domain": found[0]},
            confidence=Confidence.MEDIUM,
        )
    elif domains and domains <= _FREE:
        yield Match(
            N_("all addresses of the package are at free mail providers: {domain}"),
            params={"domain": ", ".join(sorted(domains))},
        )


RULE = Rule(
    id="meta/free-mail-domain",
    title=N_("All addresses of a package are free or disposable ones"),
    view=Release,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1585.002",),
    state="experimental",
)
