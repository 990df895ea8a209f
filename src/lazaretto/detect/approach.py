"""The view of rules about an offer: the case, and what its texts say, found once for all rules.

    Case --> Approach.mails, .texts, .links, .addresses, .said("run-code")

A rule of the families `approach`, `mail` and `domain` takes this view; a match's `path` is the name of the text or mail.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from lazaretto.model.mail import Mail
from lazaretto.model.offer import Case, Text


@dataclass(frozen=True)
class Approach:
    """What the rules of an offer see."""

    case: Case
    now: datetime
    """Timezone-aware."""
    texts: tuple[Text, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Take the visible text of mails for texts, too."""
        object.__setattr__(self, "texts", self.case.texts)

    @cached_property
    def mails(self) -> tuple[Mail, ...]:
        """The mails and the mails inside of them, outermost first."""
        found: list[Mail] = []
        waiting = list(self.case.mails)
        while waiting and len(found) < 200:
            mail = waiting.pop(0)
            found.append(mail)
            waiting[:0] = mail.inner
        return tuple(found)
