"""The mail is not from the company's domain.

What it sees
    You gave the company's own domain, and the sender writes from another one that is neither free mail nor a
    known hiring service.

Why it matters
    Who works there can write from there.

Example
    --domain acme.test   and   From: hr@acmegroup-talent.example

What to do
    Ask for a mail from the company's own domain.

False alarms
    Agencies, groups of companies, and hiring systems that are not on the list.

References
    docs/offer.md; ATT&CK T1585.002.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import SERVICE, is_free, own_domains, owner, senders
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for the offer."""
    own = own_domains(view)
    if not own or not view.case.claims.domain:
        return
    for host in senders(view):
        holder = owner(host.name)
        if (
            host.part == "reply-to"
            or host.site in own
            or is_free(host.name)
            or (holder is not None and holder.kind == SERVICE)
        ):
            continue
        yield Match(
            N_("the sender writes from {host}, not from {own}"),
            line=host.line,
            path=host.path,
            params={"host": host.name, "own": view.case.claims.domain},
            excerpt=host.address,
        )
        return


RULE = Rule(
    id="domain/not-the-company",
    title=N_("The mail is not from the company's domain"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1585.002",),
    state="experimental",
)
