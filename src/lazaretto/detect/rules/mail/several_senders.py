"""The mail names more than one sender.

What it sees
    There is more than one From header, or it names addresses of several domains.

Why it matters
    Mail programs show one of them, and checks of the domain may look at the other.

Example
    From: hr@acme.test   and, further down,   From: x@evil.example

What to do
    Do not act on it.

False alarms
    Hardly any: mails have one From. Lists of authors at one company do not count.

References
    docs/offer.md; RFC 5322, section 3.6.2; RFC 7489, section 6.6.1; ATT&CK T1672.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import site
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    for mail in view.case.mails:
        sites = tuple(dict.fromkeys(site(box.domain) for box in mail.senders if box.domain))
        if len(sites) > 1 or sum(header.name == "from" for header in mail.headers) > 1:
            yield Match(
                N_("the mail names more than one sender: {senders}"),
                line=mail.line("from"),
                path=mail.name,
                params={"senders": ", ".join(box.address for box in mail.senders[:4])},
                excerpt=mail.header("from"),
            )


RULE = Rule(
    id="mail/several-senders",
    title=N_("The mail names more than one sender"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1672",),
    state="experimental",
)
