"""An attached archive is encrypted.

What it sees
    An attached archive has encrypted content.

Why it matters
    No scanner on the way could look into it, and the password usually stands in the mail.

Example
    assessment.zip with a password

What to do
    Do not open it. Ask for a repository that one can read on the web.

False alarms
    Papers with personal data, which are encrypted for your sake: those come from a company that you applied to.

References
    docs/offer.md; ATT&CK T1027.013, T1566.001.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each file."""
    for path, one in view.attachments[:100]:
        if one.encrypted:
            yield Match(N_("an attached archive is encrypted: {name}"), path=path, params={"name": one.name})


RULE = Rule(
    id="mail/encrypted-attachment",
    title=N_("An attached archive is encrypted"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=(
        "T1027.013",
        "T1566.001",
    ),
    state="experimental",
)
