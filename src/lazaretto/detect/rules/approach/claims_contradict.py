"""What they say of themselves does not agree.

What it sees
    The company's domain that the person knows is not that of the sender or of the addresses in the text; two
    texts name the sender differently.

Why it matters
    A borrowed name shows where it meets the real one.

Example
    The company is `acme.test`, the mail comes from `acme-careers.test`.

What to do
    Write to the address on the company's own page.

False alarms
    Agencies write from their own domain, and say so.

References
    docs/offer.md; ATT&CK T1656.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.suffixes import registrable


def check(view: Approach) -> Iterator[Match]:
    """One match: the first domain that is not the company's."""
    known = registrable(view.case.claims.domain.lower()) or view.case.claims.domain.lower()
    if not known:
        return
    for mail in view.mails:
        if mail.sender.domain and (registrable(mail.sender.domain) or mail.sender.domain) != known:
            yield _match(mail.name, 1, mail.sender.domain, known)
            return
    claimed = view.case.claims.recruiter_email.rpartition("@")[2].lower()
    if claimed and (registrable(claimed) or claimed) != known:
        yield _match(view.case.name, 1, claimed, known)


def _match(path: str, line: int, domain: str, known: str) -> Match:
    return Match(
        N_("the sender's domain is {domain}, the company's is {known}"),
        path=path,
        line=line,
        params={"domain": domain, "known": known},
    )


RULE = Rule(
    id="approach/claims-contradict",
    title=N_("What they say of themselves does not agree"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1656",),
    state="experimental",
)
