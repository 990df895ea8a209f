"""A known service is named, and another domain wrote.

What it sees
    The display name, or the beginning of the subject, names a hiring service, a job board or an office service,
    and the domain in From is not one of that service's; or it is, and the reader's provider says that it did
    not send the mail.

Why it matters
    People follow links in notices of a service that they use.

Example
    From: LinkedIn Jobs <notice@jobs-mail.example>

What to do
    Look for the same message in your account on that service; do not follow the link.

False alarms
    Recruiters who add the service to their name (Kim, Wanted). A mail that is forwarded keeps the name.

References
    docs/offer.md; ATT&CK T1656, T1684.001.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import SERVICE, is_free, named, owner, verdict_passes
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_RECRUITS = re.compile(
    r"\b(?:via|from|by|team|support|notice|notification|jobs?|recruit\w{0,6}|talent|assessment|no-?reply)\b|알림|지원|채용|팀|고객",
    re.IGNORECASE,
)


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    for mail in view.case.mails:
        name = mail.sender.name
        holder = owner(mail.sender.domain)
        if holder is not None and holder.kind == SERVICE and not is_free(mail.sender.domain):
            told = mail.authentication
            if told is not None and told.trusted_header and not verdict_passes(mail, mail.sender.domain):
                if any(one.method == "dmarc" and one.result in ("fail", "none") for one in told.results):
                    yield Match(
                        N_("the mail says that it is from {service}, and nothing proves it"),
                        line=mail.line("from"),
                        path=mail.name,
                        params={"service": holder.names[0]},
                        excerpt=mail.header("from"),
                    )
            continue
        service = named(name, SERVICE)
        if service is None or not mail.sender.domain:
            continue
        whole = name.strip().lower() in (one.lower() for one in service.names)
        if whole or _RECRUITS.search(name):
            yield Match(
                N_("{service} is named as the sender, and the mail is from {domain}"),
                line=mail.line("from"),
                path=mail.name,
                params={"service": service.names[0], "domain": mail.sender.domain},
                excerpt=mail.header("from"),
            )


RULE = Rule(
    id="mail/claims-known-service",
    title=N_("A known service is named, and another domain wrote"),
    view=Approach,
    severity=Severity.HIGH,
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
