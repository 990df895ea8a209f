"""The sender's domain says nothing about who may send for it.

What it sees
    Name servers say that a domain that the sender writes from has no SPF record, or no DMARC policy, or one
    that asks for nothing.
    Online: it needs answers of name servers or registries (`--online`).

Why it matters
    Anybody can then write in its name without being turned away.

Example
    acme.test has neither SPF nor DMARC

What to do
    Do not take the address for a proof.

False alarms
    Very many honest small firms: it weighs next to nothing.

References
    docs/offer.md; RFC 7208, RFC 7489.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import is_free, senders
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each domain."""
    writing = {host.site: host for host in senders(view) if host.part in ("from", "claim") and not is_free(host.name)}
    for facts in view.case.domains:
        host = writing.get(facts.domain)
        if host is None or facts.spf is None or facts.dmarc is None:
            continue
        if not facts.spf or facts.dmarc in ("", "none"):
            yield Match(
                N_("{domain} does not say who may send mail for it"),
                line=host.line,
                path=host.path,
                params={"domain": facts.domain},
                confidence=None if not facts.spf and not facts.dmarc else Confidence.LOW,
            )


RULE = Rule(
    id="domain/no-mail-policy",
    title=N_("The sender's domain says nothing about who may send for it"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=(),
    state="experimental",
)
