"""The view of rules about an offer: the case, and what its texts say, found once for all rules.

    Case --> Approach.mails, .texts, .addresses, .said("run-code")

A rule of the families `approach`, `mail` and `domain` takes this view; a match's `path` names the text or mail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from lazaretto.detect.offer_links import Address, addresses, commands, mailboxes, of_link
from lazaretto.detect.offer_sayings import Said, says
from lazaretto.detect.wording import Hit, Tagged, tag
from lazaretto.model.mail import Attachment, Mail
from lazaretto.model.offer import Case, Channel, Text

TEXTS = 200
"""Texts of one case that are read for their meaning."""
MAILS = 200


@dataclass(frozen=True)
class Written:
    """One text, read for its meaning."""

    text: Text
    tagged: Tagged
    addresses: tuple[Address, ...]
    mailboxes: tuple[str, ...]
    """Mail addresses in it, lower case."""
    said: tuple[Said, ...]

    def line(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return self.tagged.line(offset)


@dataclass(frozen=True)
class Approach:
    """What the rules of an offer see."""

    case: Case
    now: datetime
    """Timezone-aware."""

    @cached_property
    def mails(self) -> tuple[Mail, ...]:
        """The mails and the mails inside of them, outermost first."""
        found: list[Mail] = []
        waiting = list(self.case.mails)
        while waiting and len(found) < MAILS:
            mail = waiting.pop(0)
            found.append(mail)
            waiting[:0] = mail.inner
        return tuple(found)

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Everything that somebody wrote: pasted texts, subject and visible text of mails."""
        own = [
            Text(mail.name or "mail", Channel.MAIL, mail.text, mail.links) for mail in self.mails if mail.text.strip()
        ]
        return (*self.case.texts, *own)[:TEXTS]

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """The texts, read for their meaning; profiles are left out, for they ask for nothing."""
        return tuple(_written(text) for text in self.texts if text.channel is not Channel.PROFILE)

    @cached_property
    def sayings(self) -> dict[str, tuple[Said, ...]]:
        """What the texts say, by the name of the saying."""
        found: dict[str, list[Said]] = {}
        for written in self.written:
            for said in written.said:
                found.setdefault(said.name, []).append(said)
        return {name: tuple(places) for name, places in found.items()}

    def said(self, *names: str) -> tuple[Said, ...]:
        """Where one of these is said; empty = nowhere."""
        return tuple(place for name in names for place in self.sayings.get(name, ()))

    @cached_property
    def addresses(self) -> tuple[tuple[str, int, Address], ...]:
        """All addresses: name of the text, line, address. Targets of links are among them."""
        return tuple(self._addresses())

    def _addresses(self) -> Iterator[tuple[str, int, Address]]:
        for written in self.written:
            seen = set()
            for address in written.addresses:
                seen.add(address.url)
                yield written.text.name, written.line(address.start), address
            for link in written.text.links:
                found = of_link(link.target)
                if found is not None and found.url not in seen:
                    seen.add(found.url)
                    yield written.text.name, link.line, found

    @cached_property
    def attachments(self) -> tuple[tuple[str, Attachment], ...]:
        """All attached files, with the mail's name."""
        return tuple((mail.name, one) for mail in self.mails for one in mail.attachments)

    @cached_property
    def sites(self) -> frozenset[str]:
        """Registrable domains that the sender uses as an own one: addresses, links, claims."""
        hosts = {mail.sender.domain for mail in self.mails} | {
            box.partition("@")[2] for w in self.written for box in w.mailboxes
        }
        hosts |= {self.case.claims.domain, self.case.claims.recruiter_email.partition("@")[2]}
        return frozenset(host for host in hosts if host)

    @property
    def has_words(self) -> bool:
        """Whether there is any text to read."""
        return bool(self.written)


_OWN_LINE = re.compile(
    r"^(?:[\[(][^\])\n]{1,40}[\])][ \t]{0,3})?(?:candidate|applicant|me|myself|지원자|나|본인)[ \t]{0,2}[:：][^\n]{0,4000}",
    re.IGNORECASE | re.MULTILINE,
)
"""What the candidate said in a chat asks for nothing."""
_LABEL = re.compile(
    r"^(?:[\[(][^\])\n]{1,40}[\])][ \t]{0,3})?(?:recruiter|interviewer|hr|hiring manager|채용담당(?:자)?|면접관|담당자|인사팀|헤드헌터)"
    r"[ \t]{0,2}[:：]",
    re.IGNORECASE | re.MULTILINE,
)


def _written(text: Text) -> Written:
    found = addresses(text.text)
    boxes = mailboxes(text.text)
    hits = [Hit(one.start, one.end, f"link:{one.kind}") for one in found]
    lines = text.text.split("\n") if text.links else []
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for link in text.links:
        target = of_link(link.target)
        if target is not None and 0 < link.line < len(starts):
            place = text.text.find(link.text, starts[link.line - 1]) if link.text else -1
            at = place if place >= 0 else starts[link.line - 1]
            hits.append(Hit(at, at + 1, f"link:{target.kind}"))
    hits += commands(text.text)
    own = [match.span() for match in _OWN_LINE.finditer(text.text)]
    masked = (
        *((one.start, one.end) for one in found),
        *((start, end) for _, start, end in boxes),
        *own,
        *(match.span() for match in _LABEL.finditer(text.text)),
    )
    hits = [hit for hit in hits if not any(start <= hit.start < end for start, end in own[:500])]
    tagged = tag(text.text, tuple(hits), masked)
    return Written(text, tagged, tuple(found), tuple(box for box, *_ in boxes), tuple(says(tagged, text.name)))
