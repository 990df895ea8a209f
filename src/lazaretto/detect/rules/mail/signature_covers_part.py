"""The sender's domain signed only a part of the mail.

What it sees
    A DKIM signature fits, and covers only the beginning of the text (`l=`), or there is a second From that it
    does not cover.

Why it matters
    What stands behind the signed part, or in the second From, can be anybody's.

Example
    DKIM-Signature: d=acme.test; l=120   and 900 bytes of text

What to do
    Trust nothing in the mail that the company does not confirm.

False alarms
    Some old mail servers sign with a length: it weighs little alone.

References
    docs/offer.md; RFC 6376, section 8.2; ATT&CK T1672.
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
        part = next((one for one in told.of("dkim") if one.result == "pass" and not one.signed), None) if told else None
        if part is not None:
            yield Match(
                N_("the signature of {domain} covers only a part of what is shown"),
                line=mail.line("dkim-signature"),
                path=mail.name,
                params={"domain": part.domain},
                excerpt=mail.header("dkim-signature"),
            )


RULE = Rule(
    id="mail/signature-covers-part",
    title=N_("The sender's domain signed only a part of the mail"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1672",),
    state="experimental",
)
