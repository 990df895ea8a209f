"""The sending server calls itself what it is not.

What it sees
    The server that handed the mail over called itself by a name of the sender's domain, and the receiver wrote
    down that its address has a name of another organisation.

Why it matters
    Servers of the company have names of the company.

Example
    Received: from mail.acme.test (dyn-7.isp.example [192.0.2.7]) by mx.home.test

What to do
    Nothing by itself: look at the other points.

False alarms
    Very many: mail services and hosting companies send for their customers. It weighs next to nothing.

References
    docs/offer.md; RFC 5321, section 4.1.4.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import site, verdict_passes
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    if not view.case.mails:
        return
    from lazaretto.parse.mailauth.authenticate import border  # only where there is a mail: pasted text is to be quick

    for mail in view.case.mails:
        hop = border(mail)
        if hop is None or not hop.host or not hop.helo or verdict_passes(mail, mail.sender.domain):
            continue
        if site(hop.helo) == site(mail.sender.domain) and site(hop.host) != site(hop.helo):
            yield Match(
                N_("the sending server calls itself {helo}, and its address belongs to {host}"),
                line=hop.line,
                path=mail.name,
                params={"helo": hop.helo, "host": hop.host},
            )


RULE = Rule(
    id="mail/route-contradicts",
    title=N_("The sending server calls itself what it is not"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=(),
    state="experimental",
)
