"""The mail is not what its sender's domain signed.

What it sees
    A DKIM signature of the domain in From does not fit, and no other one of that domain does: told by the
    reader's own provider, or checked here again. The digest over the text is checked even without the key.

Why it matters
    The text, or a signed header, is not what left the company's server.

Example
    DKIM-Signature: d=acme.test; bh=...   but the body has another digest

What to do
    Ask the company by an address that you found yourself whether it sent this.

False alarms
    Programs that save mails may change them, and lists add a footer: when the provider found the signature
    good, it weighs little.

References
    docs/offer.md; RFC 6376; ATT&CK T1672.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import verdict_passes
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    for mail in view.case.mails:
        told = mail.authentication
        if told is None:
            continue
        own = [one for one in told.of("dkim") if one.aligned and (one.verified or told.trusted_header)]
        failed = next((one for one in own if one.result == "fail"), None)
        if failed is None or any(one.result == "pass" and one.verified for one in own):
            continue
        passed = verdict_passes(mail, mail.sender.domain)
        yield Match(
            N_("a signature of {domain} does not fit the mail: {reason}"),
            line=mail.line("dkim-signature"),
            path=mail.name,
            params={"domain": failed.domain, "reason": failed.note or failed.result},
            excerpt=f"d={failed.domain} s={failed.selector}",
            severity=Severity.LOW if passed else None,
            confidence=Confidence.LOW if passed or mail.header("list-id") else None,
        )


RULE = Rule(
    id="mail/signature-broken",
    title=N_("The mail is not what its sender's domain signed"),
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
