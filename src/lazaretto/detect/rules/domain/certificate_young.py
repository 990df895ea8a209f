"""The site's first certificate is young.

What it sees
    The first certificate that is known for a domain is less than 90 days old, and the domain itself is older
    than a year.
    Online: it needs answers of name servers or registries (`--online`).

Why it matters
    The site was set up just now on a name that was bought old.

Example
    acme-capital.example: registered 2019, first certificate 8 days ago

What to do
    Ask the company by a contact that you found yourself.

False alarms
    Sites that moved or got their first certificate late.

References
    docs/offer.md; RFC 6962; ATT&CK T1583.001.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

DAYS, OLD = 90, 365


def check(view: Approach) -> Iterator[Match]:
    """One match for each domain."""
    for facts in view.case.domains:
        if facts.certificate_since is None or facts.registered is None:
            continue
        days = (view.now.date() - facts.certificate_since).days
        if 0 <= days < DAYS and (view.now.date() - facts.registered).days > OLD:
            yield Match(
                N_("the first certificate of {domain} is {days} days old, and the domain is much older"),
                path=view.case.name,
                params={"domain": facts.domain, "days": days},
            )


RULE = Rule(
    id="domain/certificate-young",
    title=N_("The site's first certificate is young"),
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
