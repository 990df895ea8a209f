"""The time zone of the commits (context, never counted).

What it sees
    All of the newest commits carry one zone.

Why it matters
    It is shown because people ask for it, and counts nothing: +09:00 is Seoul, Tokyo and Pyongyang, and any clock
    can be set.

Example
    +0900 in all commits.

What to do
    Nothing. Never conclude from it where somebody is.

False alarms
    It is one by design: its weight is zero.

References
    docs/offer.md; ATT&CK T1036.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each repository."""
    for history in view.case.histories:
        zones = sorted({one.committed.strftime("%z") for one in history.commits[:50]})
        if zones:
            yield Match(
                N_("time zones of the commits: {zones} (context; it counts nothing)"),
                path=history.name,
                params={"zones": ", ".join(zones[:4])},
            )


RULE = Rule(
    id="approach/zone-alone",
    title=N_("The time zone of the commits (context, never counted)"),
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
