"""A well-known project under another name.

What it sees
    The history is long, but the newest commits only rename; or hundreds of authors and a new name.

Why it matters
    A famous project with one poisoned commit on top passes at first sight.

Example
    5,000 commits of many people, then "rename to Acme".

What to do
    Compare with the original.

False alarms
    Forks.

References
    docs/offer.md; ATT&CK T1036.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

AUTHORS = 15
_RENAMES = re.compile(r"\b(?:rename|rebrand|change name|update name|replace name|white.?label)", re.IGNORECASE)


def check(view: Approach) -> Iterator[Match]:
    """One match for each repository."""
    for history in view.case.histories:
        authors = {one.author for one in history.commits}
        renamed = [one for one in history.commits[:5] if _RENAMES.search(one.subject)]
        if len(authors) >= AUTHORS and renamed:
            yield Match(
                N_("a project of {n} authors was renamed by its newest commits"),
                path=history.name,
                params={"n": len(authors)},
                excerpt=renamed[0].subject,
            )


RULE = Rule(
    id="approach/renamed-clone",
    title=N_("A well-known project under another name"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036",),
    state="experimental",
)
