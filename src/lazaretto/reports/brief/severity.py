"""The severity of a campaign: our own rubric, computed from recorded facts alone (`docs/brief.md` prints it in full).

    capability 0-4 | targeting 0-2 | reach 0-2 | activity 0-1 | confidence 0-1        total 0-10

It is not CVSS, and is never called that.
"""

from dataclasses import dataclass
from datetime import date

from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.finding import Severity
from lazaretto.model.intel import Coverage, Trust
from lazaretto.model.text import N_
from lazaretto.model.verdict import band

RECENT, WITHIN_A_YEAR = 90, 365
"""Days."""

_CONTROL = ("T1105", "T1071", "T1102", "T1571", "T1219", "T1573", "T1008")
_SECRETS = ("T1555", "T1552", "T1539", "T1528", "T1056", "T1115", "T1003")
_TAKES = ("T1041", "T1048", "T1567", "T1657", "T1565")
_STAYS = ("T1547", "T1543", "T1546", "T1053", "T1480", "T1027", "T1497", "T1678", "T1070", "T1574")
_APPROACH = ("T1566", "T1585", "T1684", "T1656")
_SUPPLY = ("T1195",)


@dataclass(frozen=True, slots=True)
class Mark:
    """Points of one part."""

    part: str
    """`capability`, `targeting`, `reach`, `activity`, `confidence`."""
    points: float
    most: float
    reasons: tuple[str, ...]
    """Templates marked with `N_`, without parameters."""


@dataclass(frozen=True, slots=True)
class Rating:
    """The score with the marks that gave it."""

    score: float
    marks: tuple[Mark, ...]

    @property
    def severity(self) -> Severity:
        """The word: LOW < 4.0 <= MEDIUM < 7.0 <= HIGH < 9.0 <= CRITICAL."""
        return band(self.score)


PARTS: dict[str, str] = {
    "capability": N_("capability"),
    "targeting": N_("targeting"),
    "reach": N_("reach"),
    "activity": N_("activity"),
    "confidence": N_("confidence in the facts"),
}


def rate(facts: CampaignFacts, today: date) -> Rating:
    """Rate a campaign on a day."""
    marks = (_capability(facts), _targeting(facts), _reach(facts), _activity(facts, today), _confidence(facts))
    return Rating(round(sum(mark.points for mark in marks), 1), marks)


def age(facts: CampaignFacts, today: date) -> int | None:
    """Return the days since the campaign was last recorded; None when that is not known."""
    last = facts.campaign.last_seen
    parts = [int(part) for part in last.split("-")[:3] if part.isdigit()]
    if not parts:
        return None
    year, month, day = (*parts, 12, 28)[:3] if len(parts) == 1 else (*parts, 28)[:3]
    try:
        return max(0, (today - date(year, month, day)).days)
    except ValueError:
        return None


def _capability(facts: CampaignFacts) -> Mark:
    rows = (
        (_CONTROL, 1.5, N_("commands an infected machine from outside")),
        (_SECRETS, 1.0, N_("steals credentials, keys or wallets")),
        (_TAKES, 1.0, N_("sends data away or moves money")),
        (_STAYS, 0.5, N_("stays, or hides from analysis")),
    )
    return _mark("capability", 4.0, [(points, reason) for ids, points, reason in rows if _uses(facts, ids)])


def _targeting(facts: CampaignFacts) -> Mark:
    got = []
    if _uses(facts, _APPROACH):
        got.append((1.0, N_("approaches its victims in person")))
    if _uses(facts, _SUPPLY):
        got.append((0.5, N_("comes through the software supply chain")))
    if facts.campaign.fronts:
        got.append((0.5, N_("keeps front companies")))
    return _mark("targeting", 2.0, got)


def _reach(facts: CampaignFacts) -> Mark:
    worlds, names = len(facts.campaign.ecosystems), len({(record.ecosystem, record.name) for record in facts.packages})
    got = []
    if worlds >= 2:
        got.append((1.0, N_("four or more ecosystems")) if worlds >= 4 else (0.5, N_("two or three ecosystems")))
    hijacked = any(record.coverage is Coverage.HIJACKED for record in facts.packages)
    if names >= 100 or hijacked:
        got.append((1.0, N_("a hundred packages or more, or hijacked ones with users of their own")))
    elif names >= 10:
        got.append((0.5, N_("ten packages or more")))
    return _mark("reach", 2.0, got)


def _activity(facts: CampaignFacts, today: date) -> Mark:
    days = age(facts, today)
    if days is not None and days <= RECENT:
        return _mark("activity", 1.0, [(1.0, N_("recorded within the last 90 days"))])
    if days is not None and days <= WITHIN_A_YEAR:
        return _mark("activity", 1.0, [(0.5, N_("recorded within the last year"))])
    return _mark("activity", 1.0, [])


def _confidence(facts: CampaignFacts) -> Mark:
    got = []
    trusts = [record.trust for record in facts.packages] + [one.trust for one in facts.indicators]
    if Trust.HIGH in trusts:
        got.append((0.5, N_("facts read in a researcher's own data")))
    if len(facts.references) >= 3:
        got.append((0.5, N_("three sources or more")))
    return _mark("confidence", 1.0, got)


def _mark(part: str, most: float, got: list[tuple[float, str]]) -> Mark:
    return Mark(part, min(most, sum(points for points, _ in got)), most, tuple(reason for _, reason in got))


def _uses(facts: CampaignFacts, ids: tuple[str, ...]) -> bool:
    return any(technique.partition(".")[0] in ids for technique in facts.campaign.techniques)
