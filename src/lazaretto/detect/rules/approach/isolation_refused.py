"""An isolated environment is refused.

What it sees
    The offer rules out virtual machines, containers, online editors or another computer, or says that it does not
    work there.

Why it matters
    Malware does not work there either, and there is nothing to steal. A web application has no reason to refuse.

Example
    Docker and VMs are not supported, the camera will not be detected there.

What to do
    Say that you only run code of others in isolation, and stop if they insist.

False alarms
    Programs that need a graphics card or a telephone. They are not typical of a coding test.

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
        view, N_("does not want it to run in a virtual machine, container or online editor"), "no-isolation"
    )


RULE = Rule(
    id="approach/isolation-refused",
    title=N_("An isolated environment is refused"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002", "T1497"),
    state="experimental",
)
