"""An address is shown as the sender's name.

What it sees
    The display name of From holds a mail address, and its domain is not the one that the mail is from.

Why it matters
    A reader takes the shown address for the sender's.

Example
    From: "hr@acme.test" <x92@mailbox.example>

What to do
    Look at the address in angle brackets: that is the sender.

False alarms
    Forwarders and ticket systems that keep the first sender's address in the name.

References
    docs/offer.md; ATT&CK T1656.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import site
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@((?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})")


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    for mail in view.case.mails:
        for box in mail.senders or (mail.sender,):
            shown = _ADDRESS.search(box.name)
            if shown and box.domain and site(shown[1]) != site(box.domain):
                yield Match(
                    N_("{shown} is shown as the sender's name, and the mail is from {address}"),
                    line=mail.line("from"),
                    path=mail.name,
                    params={"shown": shown[0], "address": box.address},
                    excerpt=mail.header("from"),
                )
                break


RULE = Rule(
    id="mail/display-name-address",
    title=N_("An address is shown as the sender's name"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1656",),
    state="experimental",
)
