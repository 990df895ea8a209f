"""The offer asks to download or run code.

What it sees
    A sentence asks the candidate to clone, download, install, build, open or run a project, a file or a program.

Why it matters
    It is the step that every campaign against developers needs. Honest take-home tests ask for it, too, so alone
    it says little.

Example
    Please clone the repository and start the app.

What to do
    Hand the repository to `lazaretto check` first, and run it only in `lazaretto run` or another isolated place.

False alarms
    Every honest take-home test: it weighs little by itself.

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
    yield from match_said(view, N_("asks you to download, open or run code"), "run-code")


RULE = Rule(
    id="approach/asks-to-run-code",
    title=N_("The offer asks to download or run code"),
    view=Approach,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002", "T1566.003"),
    state="experimental",
)
