"""Remote access to your computer.

What it sees
    AnyDesk, TeamViewer, RustDesk or the like is to be installed for interview, test or onboarding.

Why it matters
    It hands the computer over.

Example
    Install AnyDesk so that our engineer can prepare your environment.

What to do
    Do not install it; screen sharing in the browser is enough.

False alarms
    Companies that make such programs mention them; only an order to install counts.

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
    yield from match_said(view, N_("wants remote access to your computer"), "remote-access")


RULE = Rule(
    id="approach/remote-access",
    title=N_("Remote access to your computer"),
    view=Approach,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1219", "T1566.003"),
    state="experimental",
)
