"""A company's name is shown, and another domain wrote.

What it sees
    The display name holds the name of the company that the offer is from, or of a well-known employer with a
    word of hiring, and the domain in From is neither that company's nor a hiring service's.

Why it matters
    Mail programs on telephones show the name and hide the address.

Example
    From: Acme Talent Acquisition <acme.talent@mailbox.example>

What to do
    Ask for a mail from the company's own domain.

False alarms
    Agencies that write in a company's name; employees who use free mail. Ask, then.

References
    docs/offer.md; ATT&CK T1656, T1684.001.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import EMPLOYER, SERVICE, is_free, named, own_domains, owner, site
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.mail import Mail
from lazaretto.model.text import N_

_HIRING = re.compile(
    r"\b(?:hr|human resources|recruit\w{0,6}|talent|hiring|careers?|jobs?|people (?:team|ops)|staffing"
    r"|interview\w{0,3}|onboarding)\b|채용|인사|리크루|헤드헌",
    re.IGNORECASE,
)


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    company = view.case.claims.company.strip()
    own = own_domains(view)
    for mail in view.case.mails:
        name, domain = mail.sender.name, mail.sender.domain
        holder = owner(domain)
        if (
            not name
            or not domain
            or site(domain) in own
            or (holder is not None and holder.kind == SERVICE and not is_free(domain))
        ):
            continue
        employer = named(name, EMPLOYER)
        if employer is not None and (site(domain) not in employer.domains or is_free(domain)) and _HIRING.search(name):
            yield _match(mail, employer.names[0], None)
        elif len(company) > 2 and company.lower() in name.lower() and own:
            yield _match(mail, company, None)
        elif len(company) > 2 and company.lower() in name.lower() and is_free(domain):
            yield _match(mail, company, Confidence.LOW)


def _match(mail: Mail, company: str, confidence: Confidence | None) -> Match:
    return Match(
        N_("{company} is shown as the sender, and the mail is from {domain}"),
        line=mail.line("from"),
        path=mail.name,
        params={"company": company, "domain": mail.sender.domain},
        excerpt=mail.header("from"),
        confidence=confidence,
    )


RULE = Rule(
    id="mail/display-name-brand",
    title=N_("A company's name is shown, and another domain wrote"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=(
        "T1656",
        "T1684.001",
    ),
    state="experimental",
)
