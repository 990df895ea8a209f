"""A fix for camera or microphone is to be installed.

What it sees
    Camera or microphone allegedly fail during an interview or assessment, and a download or a command shall
    repair it.

Why it matters
    It is the lure of ClickFake: the "driver" is the malware. Browsers need no driver for a camera.

Example
    Your camera was not detected. Copy this command into the terminal to update the driver.

What to do
    Leave the page. Ask for a call on a service that you know.

False alarms
    Real support texts of meeting services; they do not come in offers.

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
    yield from match_said(view, N_("wants a fix, driver or command for the camera or microphone"), "camera-fix")


RULE = Rule(
    id="approach/camera-fix",
    title=N_("A fix for camera or microphone is to be installed"),
    view=Approach,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.004", "T1204.002"),
    state="experimental",
)
