"""The company's site is on free hosting.

What it sees
    The company's site, or a sender's address, is at a service that gives names to anybody in a minute.

Why it matters
    A company that hires has a domain of its own.

Example
    https://acme-capital.vercel.app

What to do
    Ask for the company's own site, and look whether others link to it.

False alarms
    Young firms, demos and portfolios: it weighs little.

References
    docs/offer.md; ATT&CK T1583.006.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_links import link_kind
from lazaretto.detect.offer_senders import Host, hosts
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each site."""
    told: set[str] = set()
    typed = view.case.claims.domain.strip().lower()
    named = [Host(typed, view.case.name, 1, "claim")] if typed else []
    company = "".join(letter for letter in view.case.claims.company.lower() if letter.isalnum())
    for host in (*named, *hosts(view)):
        if link_kind(host.name, "") != "free" or host.site in told:
            continue
        label = host.name.partition(".")[0].replace("-", "")
        is_company = host.part != "link" or (len(company) > 3 and company in label)
        told.add(host.site)
        yield Match(
            N_("a site of the offer is on free hosting: {host}"),
            line=host.line,
            path=host.path,
            params={"host": host.name},
            excerpt=host.address or host.name,
            confidence=None if is_company else Confidence.LOW,
        )


RULE = Rule(
    id="domain/free-hosting",
    title=N_("The company's site is on free hosting"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1583.006",),
    state="experimental",
)
