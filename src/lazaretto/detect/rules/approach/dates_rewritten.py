"""The dates of a history were rewritten.

What it sees
    Commits that are dated after today or before their parents, or author dates of years while everything was
    committed within an hour.

Why it matters
    A history is back-dated to look grown.

Example
    Author dates from 2021 to 2024, all committed on one afternoon.

What to do
    Do not take the history for age.

False alarms
    Imported and filtered repositories.

References
    docs/offer.md; ATT&CK T1070.006.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

LEAST = 4


def check(view: Approach) -> Iterator[Match]:
    """One match for each repository: the first that holds."""
    for history in view.case.histories:
        commits = history.commits
        future = [one for one in commits if max(one.authored, one.committed) > view.now + timedelta(days=2)]
        if future:
            yield Match(N_("commit {id} is dated in the future"), path=history.name, params={"id": future[0].id[:10]})
            continue
        if len(commits) < LEAST:
            continue
        authored = [one.authored for one in commits]
        committed = [one.committed for one in commits]
        if max(authored) - min(authored) > timedelta(days=30) and max(committed) - min(committed) < timedelta(hours=1):
            yield Match(
                N_("author dates span {days} days, but everything was committed within an hour"),
                path=history.name,
                params={"days": (max(authored) - min(authored)).days},
            )
            continue
        backwards = sum(
            newer.committed + timedelta(days=1) < older.committed
            for newer, older in pairwise(commits)
            if newer.parents == 1
        )
        if backwards * 4 >= len(commits):
            yield Match(N_("commits are dated before the ones they build on"), path=history.name)


RULE = Rule(
    id="approach/dates-rewritten",
    title=N_("The dates of a history were rewritten"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1070.006",),
    state="experimental",
)
