"""Protection is to be switched off.

What it sees
    The offer asks to disable or to bypass antivirus, firewall, SmartScreen, Gatekeeper or their warnings, in
    words or by a command.

Why it matters
    No test of skill needs that. It is asked because the warning would be right.

Example
    If Defender complains, turn off real-time protection and run it again.

What to do
    Do not do it. If you have, follow the steps for "something already ran".

False alarms
    Sentences that warn against it ("we never ask ...") are not counted.

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
    yield from match_said(
        view, N_("asks you to switch off or to ignore protection"), "disable-guard", "override-warning"
    )


RULE = Rule(
    id="approach/protection-off",
    title=N_("Protection is to be switched off"),
    view=Approach,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1562.001", "T1204.002"),
    state="experimental",
)
