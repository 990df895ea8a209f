"""Macros of a document are to be enabled.

What it sees
    The offer hands out a document with macros (`.docm`, `.xlsm`), or wants "Enable Content", "Enable Editing" or the
    macros of a document to be pressed or allowed.

Why it matters
    A macro is a program, and it runs with all your rights as soon as it is enabled. No form of an employer needs one.

Example
    Open the attached .docm, enable content, and fill in the questionnaire.

What to do
    Do not enable anything. Ask for a PDF or for a form on the company's own site.

False alarms
    A job that is about writing macros.

References
    docs/offer.md; ATT&CK T1204.002, T1137.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_rule import match_said
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match, quoting the first place."""
    yield from match_said(view, N_("wants the macros of a document enabled"), "enable-macros")


RULE = Rule(
    id="approach/macros-enabled",
    title=N_("Macros of a document are to be enabled"),
    view=Approach,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.002", "T1137"),
    state="experimental",
)
