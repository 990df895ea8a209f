"""Pay far above the market.

What it sees
    Sums of at least 250,000 USD a year, 18,000 a month, 110 an hour (2억 원, 1,500만 원, 12만 원), or words such as
    "double your salary", "name your price", good money for few hours.

Why it matters
    It makes careful people hurry, and it is asked before anybody knows what you can do.

Example
    $140/hr, ten hours a week, paid weekly.

What to do
    Compare with what the company pays on its own page.

False alarms
    Some companies pay that. It weighs little.

References
    docs/offer.md; ATT&CK T1566.003.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.approach import Approach, Written
from lazaretto.detect.offer_rule import match_said
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

YEAR, MONTH, HOUR = 250_000, 18_000, 110
"""US dollars (or euro) from which pay is called high."""
WON = {"year": 20_000, "month": 1_500, "hour": 12}
"""The same in 10,000 won."""
_DOLLARS = re.compile(
    r"(?:\$|usd\s?|€|eur\s?|£)\s?(\d{1,3}(?:,\d{3}){1,2}|\d{2,7}(?:\.\d{1,2})?)\s?(k|m)?(?:\s?(?:-|–|to|~)\s?\$?(\d{1,3}(?:,\d{3}){1,2}|\d{2,7})\s?(k|m)?)?"
    r"([^\n.;]{0,16})",
    re.IGNORECASE,
)
_WON = re.compile(
    r"(연봉|월급|월|시급|시간당|일급|주급)[^\n\d]{0,8}(\d{1,3}(?:,\d{3})|\d{1,6})(?:\s?(?:~|-)\s?(\d{1,3}(?:,\d{3})|\d{1,6}))?\s?(억|천만|만)"
)
_PER_HOUR, _PER_MONTH = (
    re.compile(r"/\s?h|per hour|an hour|hourly", re.IGNORECASE),
    re.compile(r"/\s?m|per month|a month|monthly", re.IGNORECASE),
)


def check(view: Approach) -> Iterator[Match]:
    """One match: sums before words."""
    for written in view.written:
        for start, quote in _sums(written):
            yield Match(
                N_("promises pay far above the market"), path=written.text.name, line=written.line(start), excerpt=quote
            )
            return
    yield from match_said(view, N_("promises pay far above the market"), "rich")


def _sums(written: Written) -> Iterator[tuple[int, str]]:
    text = written.text.text[:200_000]
    for match in _DOLLARS.finditer(text):
        amount = max(_number(match.group(1), match.group(2) or match.group(4)), _number(match.group(3), match.group(4)))
        behind = match.group(5)
        least = HOUR if _PER_HOUR.search(behind) else MONTH if _PER_MONTH.search(behind) else YEAR
        if least <= amount < 2_000_000:
            yield match.start(), match.group().strip()
    for match in _WON.finditer(text):
        unit = {"억": 10_000, "천만": 1_000, "만": 1}[match.group(4)]
        amount = max(_number(match.group(2), ""), _number(match.group(3), "")) * unit
        kind = "year" if match.group(1) == "연봉" else "hour" if match.group(1) in ("시급", "시간당") else "month"
        if match.group(1) in ("월급", "월", "연봉", "시급", "시간당") and amount >= WON[kind]:
            yield match.start(), match.group().strip()


def _number(text: str | None, scale: str | None) -> float:
    if not text:
        return 0.0
    return float(text.replace(",", "")) * {"k": 1_000, "m": 1_000_000}.get((scale or "").lower(), 1)


RULE = Rule(
    id="approach/pay-above-market",
    title=N_("Pay far above the market"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003",),
    state="experimental",
)
