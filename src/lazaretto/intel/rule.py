"""What an intel rule is: the metadata of `detect`'s rules, for findings that come from records instead of code.

The attribute names are those of `detect.rule.Rule`, so that lists and explanations treat both alike; the two floors
do not import each other.
"""

from dataclasses import dataclass

from lazaretto.model.finding import Confidence, Phase, Role, Severity


@dataclass(frozen=True, slots=True)
class IntelRule:
    """Metadata of one kind of match against threat intelligence."""

    id: str
    title: str
    """One English line, marked with `N_`."""
    severity: Severity
    """The usual one; a match may say otherwise."""
    confidence: Confidence
    doc: str
    """Its documentation page."""
    techniques: tuple[str, ...] = ()
    phase: Phase = Phase.INSTALL
    role: Role = Role.KNOWN
    since: str = "0.1"
    state: str = "stable"
