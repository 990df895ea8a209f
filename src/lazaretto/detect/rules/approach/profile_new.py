"""A profile that is weeks old or nearly without contacts.

What it sees
    The profile was made in the last 90 days, or has fewer than 30 contacts; or the person answered that it is new
    or doubled.

Why it matters
    Accounts are made for one campaign, or stolen.

Example
    Joined last month, 12 connections, "10 years in recruiting".

What to do
    Look for the same person on the company's page.

False alarms
    Everybody was new once.

References
    docs/offer.md; ATT&CK T1585.001.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.offer import Reply
from lazaretto.model.text import N_

DAYS = 90
CONTACTS = 30


def check(view: Approach) -> Iterator[Match]:
    """One match."""
    if view.case.answers.new_profile is Reply.YES:
        yield Match(N_("you said that the profile is new, doubled or uses somebody else's photo"), path=view.case.name)
        return
    profile = view.case.profile
    if profile is None:
        return
    year, _, month = profile.created.partition("-")
    if year.isdigit() and month[:2].isdigit() and 1 <= int(month[:2]) <= 12 and 1990 < int(year) < 2200:
        age = view.now - datetime(int(year), int(month[:2]), 1, tzinfo=UTC)
        if age.days < DAYS:
            yield Match(N_("the profile was made in {date}"), path=profile.source, params={"date": profile.created})
            return
    if profile.connections is not None and profile.connections < CONTACTS:
        yield Match(N_("the profile has {n} contacts"), path=profile.source, params={"n": profile.connections})


RULE = Rule(
    id="approach/profile-new",
    title=N_("A profile that is weeks old or nearly without contacts"),
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
