"""The sender's domain receives no mail.

What it sees
    Name servers say that a domain that the sender writes from has no server for mail, or that it accepts none
    (null MX).
    Online: it needs answers of name servers or registries (`--online`).

Why it matters
    An answer would not arrive: the address in From is not a real one.

Example
    acme.test has no MX record

What to do
    Do not answer. Ask the company by a contact that you found yourself.

False alarms
    Domains that send only, for newsletters, have a Reply-To elsewhere.

References
    docs/offer.md; RFC 5321, section 5; RFC 7505; ATT&CK T1672.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import senders
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each domain."""
    writing = {host.site: host for host in senders(view) if host.part in ("from", "claim")}
    for facts in view.case.domains:
        host = writing.get(facts.domain)
        if host is None or facts.mx is None or facts.exists is False:
            continue
        if facts.mx in ((), (".",), ("",)):
            yield Match(
                N_("{domain} receives no mail: it has no server for it"),
                line=host.line,
                path=host.path,
                params={"domain": facts.domain},
                excerpt=host.address,
            )


RULE = Rule(
    id="domain/no-mx",
    title=N_("The sender's domain receives no mail"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1672",),
    state="experimental",
)
