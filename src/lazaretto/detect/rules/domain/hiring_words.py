"""The sender's domain is made of words of hiring.

What it sees
    The domain of a sender's address, which you did not name as the company's own, holds words such as careers,
    talent, recruit or interview.

Why it matters
    Such names are registered for a campaign; a company's mail comes from its main domain.

Example
    hr@acme-talent.example, offers@quickhiring.example

What to do
    Ask for a mail from the company's main domain.

False alarms
    Agencies and careers sites of honest companies: it weighs little.

References
    docs/offer.md; ATT&CK T1583.001.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.domain_likeness import hiring_words, label_of
from lazaretto.detect.offer_senders import is_free, own_domains, owner, senders
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for the offer."""
    own = own_domains(view)
    for host in senders(view):
        if host.site in own or is_free(host.name) or owner(host.name) is not None:
            continue
        words = hiring_words(label_of(host.name))
        if words:
            yield Match(
                N_("the sender's domain {host} is made of words of hiring: {words}"),
                line=host.line,
                path=host.path,
                params={"host": host.name, "words": ", ".join(words[:3])},
                excerpt=host.address,
            )
            return


RULE = Rule(
    id="domain/hiring-words",
    title=N_("The sender's domain is made of words of hiring"),
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
