"""Answers go to another domain.

What it sees
    The Reply-To header of a mail names an address whose registrable domain is not that of From, and that is no
    known hiring service.

Why it matters
    Who fakes the sender cannot read what is sent there; the answer must go to an address of their own.

Example
    From: hr@acme.test      Reply-To: acme.hr@mailbox.example

What to do
    Answer to the address on the company's own page, not to this one.

False alarms
    Hiring systems and assistants: known ones are left out, the others weigh a little.

References
    docs/offer.md; ATT&CK T1672, T1656.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import SERVICE, is_free, owner, site
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.mail import Mail, Mailbox
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail and foreign domain."""
    for mail in view.case.mails:
        own = site(mail.sender.domain)
        for box in mail.reply_to:
            other = site(box.domain)
            if not own or not box.domain or own == other:
                continue
            holder, mine = owner(box.domain), owner(mail.sender.domain)
            if holder is not None and (holder.kind == SERVICE or holder is mine):
                continue
            if is_free(box.domain):
                if not is_free(mail.sender.domain):
                    yield _match(
                        mail,
                        box,
                        N_("the mail says that it is from {sender}, and answers go to free mail: {reply}"),
                        Severity.HIGH,
                    )
                continue
            yield _match(mail, box, N_("the mail is from {sender}, and answers go to {reply}"), None)


def _match(mail: Mail, box: Mailbox, template: str, severity: Severity | None) -> Match:
    return Match(
        template,
        line=mail.line("reply-to"),
        path=mail.name,
        params={"sender": mail.sender.address, "reply": box.address},
        excerpt=mail.header("reply-to"),
        severity=severity,
    )


RULE = Rule(
    id="mail/reply-to-elsewhere",
    title=N_("Answers go to another domain"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=(
        "T1672",
        "T1656",
    ),
    state="experimental",
)
