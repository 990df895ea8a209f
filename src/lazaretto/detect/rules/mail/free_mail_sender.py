"""A company writes by free mail.

What it sees
    The mail, or the address that you gave, is at a provider where anybody gets one, and the offer is made in
    the name of a company.

Why it matters
    A company has a domain of its own, and its mail comes from there.

Example
    acme.recruiting@ a free provider

What to do
    Ask for a mail from the company's own domain.

False alarms
    Founders of small firms, private headhunters, first contacts: it weighs little.

References
    docs/offer.md; ATT&CK T1585.002.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import is_free, own_domains, senders
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for the offer."""
    for host in senders(view):
        if host.part in ("from", "claim") and is_free(host.name):
            yield Match(
                N_("the sender's address is at a free mail provider: {domain}"),
                line=host.line,
                path=host.path,
                params={"domain": host.name},
                excerpt=host.address,
                confidence=None if view.case.claims.company or own_domains(view) else Confidence.LOW,
            )
            return


RULE = Rule(
    id="mail/free-mail-sender",
    title=N_("A company writes by free mail"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1585.002",),
    state="experimental",
)
