"""An editor's safety question is to be answered with trust.

What it sees
    The offer tells the candidate to trust the authors or the workspace, or to allow automatic tasks.

Why it matters
    This question is the last thing that stands between opening a folder and running its tasks.

Example
    VS Code will ask; choose "Yes, I trust the authors".

What to do
    Answer No; open foreign folders in Restricted Mode only.

False alarms
    None is known in offers.

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
    yield from match_said(view, N_('asks you to press "trust" in the editor'), "press-trust")


RULE = Rule(
    id="approach/trust-prompt",
    title=N_("An editor's safety question is to be answered with trust"),
    view=Approach,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002", "T1562.001"),
    state="experimental",
)
