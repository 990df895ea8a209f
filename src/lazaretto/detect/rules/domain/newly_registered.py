"""The domain is young.

What it sees
    A registry says that a domain of the sender, or of a link, was registered less than a year ago, or that
    nobody registered it.
    Online: it needs answers of name servers or registries (`--online`).

Why it matters
    Names of campaigns live for weeks; companies that hire have a past.

Example
    acme-capital.example was registered 12 days ago

What to do
    Ask the company by a contact that you found yourself.

False alarms
    New firms and renamed ones: from three months on it weighs little. Old domains can be bought: age proves
    nothing.

References
    docs/offer.md; RFC 9083; ATT&CK T1583.001.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

YOUNG, YOUNGER, YOUNGEST = 365, 90, 30


def check(view: Approach) -> Iterator[Match]:
    """One match for each domain."""
    for facts in view.case.domains:
        if facts.exists is False:
            yield Match(
                N_("nobody registered {domain}, says its registry"),
                path=view.case.name,
                params={"domain": facts.domain},
                severity=Severity.HIGH,
                confidence=Confidence.MEDIUM,
            )
        elif facts.registered is not None:
            days = (view.now.date() - facts.registered).days
            if 0 <= days < YOUNG:
                yield Match(
                    N_("{domain} was registered {days} days ago"),
                    path=view.case.name,
                    params={"domain": facts.domain, "days": days},
                    severity=Severity.HIGH if days < YOUNGEST else Severity.MEDIUM if days < YOUNGER else None,
                    confidence=None if days < YOUNGER else Confidence.LOW,
                )


RULE = Rule(
    id="domain/newly-registered",
    title=N_("The domain is young"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1583.001",),
    state="experimental",
)
