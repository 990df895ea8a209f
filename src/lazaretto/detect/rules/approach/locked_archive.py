"""An archive with a password.

What it sees
    An archive is sent or linked and its password told, or an attached archive is encrypted.

Why it matters
    No scanner on the way could look inside.

Example
    The ZIP is attached, password 1234.

What to do
    Ask for a repository that one can read on the web.

False alarms
    Personnel offices protect personal data in this way.

References
    docs/offer.md; FBI PSA I-090324-PSA (2024); ATT&CK T1566.003.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_rule import match_said
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match, quoting the first place."""
    yield from match_said(view, N_("sends an archive with a password"), "password-archive")


RULE = Rule(
    id="approach/locked-archive",
    title=N_("An archive with a password"),
    view=Approach,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.013", "T1566.001"),
    state="experimental",
)
