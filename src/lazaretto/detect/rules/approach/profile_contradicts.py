"""A profile contradicts itself.

What it sees
    Years of experience that the stations do not hold, several full posts at once, stations that end before they
    begin, an employer's name without an address of that employer.

Why it matters
    Profiles are made in an evening; they are seldom added up.

Example
    "15 years at Acme", the first station begins in 2023.

What to do
    Ask a colleague whom the company's page names.

False alarms
    People leave things out and found companies beside a job. It weighs little, and says nothing of the person.

References
    docs/offer.md; ATT&CK T1585.001.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

YEARS = 4
"""So many years more than the stations hold."""
AT_ONCE = 4


def check(view: Approach) -> Iterator[Match]:
    """One match for each contradiction."""
    profile = view.case.profile
    if profile is None:
        return
    starts = [int(one.start[:4]) for one in profile.employments if one.start[:4].isdigit()]
    if profile.years is not None and starts and view.now.year - min(starts) + YEARS < profile.years:
        yield Match(
            N_("claims {years} years of experience; the first station begins in {first}"),
            path=profile.source,
            params={"years": profile.years, "first": min(starts)},
        )
    for one in profile.employments:
        if one.start and one.end and one.end != "now" and one.end < one.start[: len(one.end)]:
            yield Match(
                N_("a station ends before it begins: {company}"), path=profile.source, params={"company": one.company}
            )
            break
    current = {one.company for one in profile.employments if one.end == "now"}
    if len(current) >= AT_ONCE:
        yield Match(N_("{n} posts at the same time"), path=profile.source, params={"n": len(current)})


RULE = Rule(
    id="approach/profile-contradicts",
    title=N_("A profile contradicts itself"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1585.001",),
    state="experimental",
)
