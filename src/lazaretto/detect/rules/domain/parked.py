"""The domain is parked.

What it sees
    The name servers of a domain that the sender writes from, or that a link leads to, are those of a service
    that shows advertisements on unused names.
    Online: it needs answers of name servers or registries (`--online`).

Why it matters
    No company works behind such a name.

Example
    name server ns1.parkingcrew.example

What to do
    Do not answer.

False alarms
    Names that a company keeps so that nobody else has them.

References
    docs/offer.md; ATT&CK T1583.001.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each domain."""
    for facts in view.case.domains:
        if facts.parked:
            yield Match(
                N_("{domain} is parked: its name servers only show advertisements"),
                path=view.case.name,
                params={"domain": facts.domain},
            )


RULE = Rule(
    id="domain/parked",
    title=N_("The domain is parked"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1583.001",),
    state="experimental",
)
