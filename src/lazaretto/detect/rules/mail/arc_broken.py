"""The chain of those who forwarded the mail is broken.

What it sees
    The mail carries an ARC chain (seals of those who forwarded it), and the chain does not hold.

Why it matters
    What the chain says about where the mail came from cannot be believed.

Example
    ARC-Seal: i=2; cv=pass ...   but the seal does not fit

What to do
    Give the mail the trust of one without such a chain.

False alarms
    Many: forwarders break each other's chains. It weighs next to nothing.

References
    docs/offer.md; RFC 8617.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    for mail in view.case.mails:
        told = mail.authentication
        failed = (
            next(
                (one for one in told.of("arc") if one.result == "fail" and (one.verified or told.trusted_header)), None
            )
            if told
            else None
        )
        if failed is not None:
            yield Match(
                N_("the seals of those who forwarded the mail do not hold: {reason}"),
                line=mail.line("arc-seal"),
                path=mail.name,
                params={"reason": failed.note or failed.result},
            )


RULE = Rule(
    id="mail/arc-broken",
    title=N_("The chain of those who forwarded the mail is broken"),
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
