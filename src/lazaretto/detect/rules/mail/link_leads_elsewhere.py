"""A link shows one address and leads to another.

What it sees
    The visible text of a link is a web address, and it leads to a host of another organisation, which is no
    known service for counting clicks.

Why it matters
    The reader takes what is shown for where it leads.

Example
    <a href='https://task.example/get'>https://acme.test/careers</a>

What to do
    Type the shown address yourself.

False alarms
    Newsletters count clicks by way of other hosts: the common ones are left out. Links inside of a signature.

References
    docs/offer.md; ATT&CK T1566.002, T1204.001.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.domain_likeness import ascii_name
from lazaretto.detect.offer_links import addresses, of_link
from lazaretto.detect.offer_senders import owner, site
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.suffixes import registrable

_COUNTING = frozenset({
    "sendgrid.net", "mandrillapp.com", "mailchimp.com", "list-manage.com", "mailgun.org", "hubspotlinks.com",
    "hubspotemail.net", "hs-sites.com",
    "amazonses.com", "awstrack.me", "sparkpostmail.com", "mailjet.com", "mjt.lu", "sendinblue.com", "brevo.com",
    "klaviyomail.com", "exacttarget.com",
    "customeriomail.com", "mktoweb.com", "eloqua.com", "outlook.com", "google.com", "proofpoint.com",
    "urldefense.com", "mimecast.com", "stibee.com",
    "safelinks.protection.outlook.com", "linkprotect.cudasvc.com", "intercom-mail.com", "greenhouse.io",
    "lever.co", "linkedin.com", "lnkd.in",
})  # fmt: skip


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    for mail in view.case.mails:
        for link in mail.links:
            text = link.text.strip()
            found = addresses(text) if 3 < len(text) < 500 and " " not in text else []
            target = of_link(link.target)
            if not found or found[0].start or target is None or text == link.target:
                continue
            shown = found[0].host
            written, led = site(shown), site(target.host)
            if (
                not registrable(ascii_name(shown))
                or written == led
                or led in _COUNTING
                or led == site(mail.sender.domain)
            ):
                continue
            if owner(written) is not None and owner(written) is owner(led):
                continue
            yield Match(
                N_("a link shows {shown} and leads to {host}"),
                line=link.line,
                path=mail.name,
                params={"shown": shown, "host": target.host},
                excerpt=f"{link.text} -> {link.target}",
            )
            break


RULE = Rule(
    id="mail/link-leads-elsewhere",
    title=N_("A link shows one address and leads to another"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=(
        "T1566.002",
        "T1204.001",
    ),
    state="experimental",
)
