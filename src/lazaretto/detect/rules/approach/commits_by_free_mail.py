"""Everybody who committed uses free mail.

What it sees
    All authors of a repository that is said to be a company's have addresses at free providers.

Why it matters
    A company's code carries the company's addresses, at least here and there.

Example
    Every commit by dev4711@ a free provider.

What to do
    Ask for a repository of the company.

False alarms
    Very common: it weighs little.

References
    docs/offer.md; ATT&CK T1585.002.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_FREE = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "proton.me",
    "protonmail.com", "pm.me", "gmx.com", "mail.ru", "yandex.ru", "qq.com", "163.com", "naver.com", "daum.net",
    "hanmail.net", "kakao.com", "aol.com", "zoho.com", "tutanota.com",
})  # fmt: skip


def check(view: Approach) -> Iterator[Match]:
    """One match for each repository."""
    for history in view.case.histories:
        domains = {one.author.rpartition("@")[2].lower() for one in history.commits if "@" in one.author}
        if domains and domains <= _FREE:
            yield Match(
                N_("all authors have free mail addresses: {domain}"),
                path=history.name,
                params={"domain": ", ".join(sorted(domains)[:3])},
            )


RULE = Rule(
    id="approach/commits-by-free-mail",
    title=N_("Everybody who committed uses free mail"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1585.002",),
    state="experimental",
)
