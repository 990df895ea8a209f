"""What the signs of an offer weigh. Measured with `python bench/offers/run.py`; `docs/offer.md` gives the reasons."""

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
    "approach/just-run-it": Weight(14, _M),
    "approach/locked-archive": Weight(15, _M),
    "approach/lure-pattern": Weight(16, _H),
    "approach/macros-enabled": Weight(60, _C, hard=True),
    "approach/no-live-talk": Weight(12, _M),
    "approach/no-process": Weight(12, _M),
    "approach/off-platform": Weight(8, _L),
    "approach/own-machine": Weight(13, _M),
    "approach/paid-in-crypto": Weight(6, _L, low=True),
    "approach/pasted-command": Weight(30, _H, hard=True),
    "approach/pay-above-market": Weight(8, _L, low=True),
    "approach/program-handed": Weight(25, _H),
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
    "domain/certificate-young": Weight(6, _L),
    "domain/confusable": Weight(20, _H),
    "domain/free-hosting": Weight(8, _L),
    "domain/hiring-words": Weight(4, _L),
    "domain/lookalike": Weight(20, _M, raised=25),
    "domain/lookalike-vendor": Weight(20, _H),
    "domain/mixed-script": Weight(20, _H),
    "domain/newly-registered": Weight(4, _L, raised=18),
    "domain/no-mail-policy": Weight(3, _L),
    "domain/no-mx": Weight(12, _M),
    "domain/not-the-company": Weight(10, _M),
    "domain/parked": Weight(12, _M),
    "intel/campaign-offer": Weight(100, _C, hard=True),
    "mail/arc-broken": Weight(2, _L, low=True),
    "mail/authentication-failed": Weight(25, _H),
    "mail/claims-known-service": Weight(25, _H),
    "mail/disguised-attachment": Weight(45, _C, hard=True),
    "mail/display-name-address": Weight(15, _H),
    "mail/display-name-brand": Weight(15, _M),
    "mail/encrypted-attachment": Weight(12, _M),
    "mail/free-mail-sender": Weight(6, _L),
    "mail/hidden-text": Weight(3, _L, raised=15),
    "mail/invisible-characters": Weight(12, _M, raised=20),
    "mail/link-leads-elsewhere": Weight(12, _M),
    "mail/reply-to-elsewhere": Weight(8, _M, raised=12),
    "mail/route-contradicts": Weight(2, _L, low=True),
    "mail/several-senders": Weight(15, _H),
    "mail/signature-broken": Weight(12, _M),
    "mail/signature-covers-part": Weight(6, _M),
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
    "own-code": (-8, N_("work of your own is asked for, not code of theirs to run")),
    "open-work": (-8, N_("the work is public, with maintainers who can be asked")),
    "warns": (-2, N_("it warns of fraud in its name")),
}
"""What a text may say for itself: points and words."""
