"""Author and committer live in different time zones.

What it sees
    In the newest commits the author's clock and the committer's clock have different zones, though no service
    (web merge) committed them.

Why it matters
    Injected commits keep the author of the last honest one and carry the zone of who rewrote them. A zone alone
    says nothing: +09:00 is Seoul and Tokyo, too.

Example
    Author -0500, committer +0900, in the last two commits only.

What to do
    Compare these commits with the ones before.

False alarms
    Rebasing the work of others, travelling, merges on the web.

References
    docs/offer.md; ATT&CK T1036.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

NEWEST = 10
_SERVICES = ("noreply@github.com", "noreply@gitlab.com", "noreply.github.com", "noreply@bitbucket.org")


def check(view: Approach) -> Iterator[Match]:
    """One match for each repository."""
    for history in view.case.histories:
        split = [
            commit
            for commit in history.commits[:NEWEST]
            if commit.authored.utcoffset() != commit.committed.utcoffset() and not commit.committer.endswith(_SERVICES)
        ]
        if split:
            first = split[0]
            yield Match(
                N_("commit {id}: the author's clock says {author}, the committer's {committer}"),
                path=history.name,
                params={
                    "id": first.id[:10],
                    "author": first.authored.strftime("%z"),
                    "committer": first.committed.strftime("%z"),
                },
            )


RULE = Rule(
    id="approach/zone-split",
    title=N_("Author and committer live in different time zones"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036",),
    state="experimental",
)
