"""What the signs of an offer weigh. Measured with `python bench/offers/run.py`; the reasons stand in `docs/offer.md`."""

from dataclasses import dataclass

from lazaretto.model.finding import Severity
from lazaretto.model.text import N_

CONFIRM_AT, STOP_AT = 20, 45
TRUST = 20
"""The most that good signs take off."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What one rule weighs."""

    points: int
    severity: Severity
    """The rule's usual one; a sighting above it weighs `raised`."""
    hard: bool = False
    """Stops by itself, when the sighting has confidence HIGH."""
    raised: int = 0
    low: bool = False
    """True: a sighting of confidence LOW weighs the same."""


_L, _M, _H, _C = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL

WEIGHTS: dict[str, Weight] = {
    "approach/account-lent": Weight(60, _C, hard=True),
    "approach/asks-to-run-code": Weight(20, _L),
    "approach/attached-program": Weight(12, _M, raised=40),
    "approach/camera-fix": Weight(100, _C, hard=True),
    "approach/claims-contradict": Weight(12, _M),
    "approach/code-before-talk": Weight(14, _M),
    "approach/code-by-file-share": Weight(12, _M, raised=20),
    "approach/commits-by-free-mail": Weight(4, _L, low=True),
    "approach/credentials-asked": Weight(12, _M),
    "approach/dates-rewritten": Weight(8, _L),
    "approach/fee-asked": Weight(60, _C, hard=True),
    "approach/foreign-repository": Weight(6, _L),
    "approach/hired-unseen": Weight(10, _M),
    "approach/history-in-minutes": Weight(8, _L),
    "approach/identity-papers": Weight(20, _M),
    "approach/isolation-refused": Weight(35, _H),
    "approach/just-run": Weight(14, _M),
    "approach/locked-archive": Weight(15, _M),
    "approach/lure-pattern": Weight(15, _H),
    "approach/no-live-talk": Weight(12, _M),
    "approach/no-process": Weight(12, _M),
    "approach/off-platform": Weight(8, _L),
    "approach/own-machine": Weight(13, _M),
    "approach/paid-in-crypto": Weight(6, _L, low=True),
    "approach/pasted-command": Weight(30, _H, hard=True),
    "approach/pay-above-market": Weight(8, _L, low=True),
    "approach/pressure": Weight(6, _L, low=True),
    "approach/profile-contradicts": Weight(6, _L, low=True),
    "approach/profile-new": Weight(8, _L, low=True),
    "approach/protection-off": Weight(100, _C, hard=True),
    "approach/remote-access": Weight(60, _C, hard=True),
    "approach/renamed-clone": Weight(8, _L),
    "approach/run-during-call": Weight(14, _M),
    "approach/template-traces": Weight(3, _L, low=True),
    "approach/thread-turns-to-code": Weight(5, _L, low=True),
    "approach/trust-prompt": Weight(60, _C, hard=True),
    "approach/unknown-meeting-app": Weight(45, _H),
    "approach/wallet-connected": Weight(45, _H),
    "approach/wallet-secret": Weight(100, _C, hard=True),
    "approach/zone-alone": Weight(0, _L),
    "approach/zone-split": Weight(8, _L),
    "intel/campaign-offer": Weight(100, _C, hard=True),
}

GOOD_SAYINGS: dict[str, tuple[int, str]] = {
    "talk-held": (-8, N_("a talk took place, the offer says")),
    "talk-first": (-5, N_("a live talk is proposed first")),
    "applied": (-5, N_("it answers an application of yours, it says")),
    "isolation-welcome": (-8, N_("an isolated or online environment is welcome")),
    "assessment-site": (-6, N_("the test is on a known assessment site")),
    "fair-task": (-5, N_("the task has a fair frame: time, criteria, tests")),
    "verifiable": (-3, N_("it names a posting, a page or a team that can be asked")),
    "paid-fairly": (-3, N_("costs of yours are borne by the company")),
    "warns": (-2, N_("it warns of fraud in its name")),
}
"""What a text may say for itself: points and words."""
