"""Several signs make up the known pattern.

What it sees
    Code to be run, and at least two of: before any talk; nothing asked but to start it; on the own computer; no
    isolation; during the call; hurry; high pay; a messenger; no interview; no live talk; a file share or
    locked archive; a wallet; pay in cryptocurrency; another owner. Known innocent features (a talk that took
    place, isolation welcome, a known test site, an application) are taken off.

Why it matters
    Each sign has an honest explanation; together they are the method of the campaigns.

Example
    A stranger with high pay wants a repository run tonight, on your own laptop, before the call.

What to do
    Do not run it. Ask for a call and a test in the browser.

False alarms
    Careless start-ups may come near it.

References
    docs/offer.md; ATT&CK T1566.003.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

SIGNS = (
    "before-talk", "just-run", "own-machine", "no-isolation", "live-run", "urgent", "rich", "off-platform", "hired-unseen",
    "chat-only", "crypto-pay", "password-archive", "wallet", "meeting-app", "secret",
    "override-warning", "hands-program", "personal-repository",
)  # fmt: skip
GOOD = ("talk-held", "applied", "isolation-welcome", "assessment-site", "own-code", "open-work")
LEAST = 2


def check(view: Approach) -> Iterator[Match]:
    """One match, naming the places of the signs."""
    code = view.said("run-code", "just-run", "live-run") or (view.said("look-at-code") if _handed(view) else ())
    if not code:
        return
    signs = [name for name in SIGNS if view.said(name)]
    signs += ["link"] if any(address.kind in ("file", "short", "ip") for _, _, address in view.addresses) else []
    good = sum(bool(view.said(name)) for name in GOOD)
    count = len(signs) - 2 * good
    if count >= LEAST:
        yield Match(
            N_("{n} signs together make up the pattern of known campaigns"),
            path=code[0].path,
            line=code[0].line,
            params={"n": len(signs)},
            excerpt=code[0].quote,
            confidence=Confidence.HIGH if count > LEAST else None,
        )


def _handed(view: Approach) -> bool:
    return any(address.kind in ("repo", "file", "short", "ip") for _, _, address in view.addresses)


RULE = Rule(
    id="approach/lure-pattern",
    title=N_("Several signs make up the known pattern"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1566.003", "T1204.002"),
    state="experimental",
)
