"""A job without an interview.

What it sees
    No interview, hired at once, already selected, contract on the same day.

Why it matters
    Nobody hires whom they have not met.

Example
    No interview needed: you can start on Monday.

What to do
    Ask who decided it, and to see the posting on the company's page.

False alarms
    Freelance platforms and temporary work.

References
    docs/offer.md; FBI PSA I-090324-PSA (2024); ATT&CK T1566.003.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_rule import match_said
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match, quoting the first place."""
    yield from match_said(view, N_("promises the job without an interview"), "hired-unseen")


RULE = Rule(
    id="approach/hired-unseen",
    title=N_("A job without an interview"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003",),
    state="experimental",
)
