"""Verdicts: what a policy makes of an examination."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from lazaretto.model.finding import Finding, Severity


class Grade(IntEnum):
    """What was found. The lowest grade is "nothing found", never "safe"."""

    NOTHING_FOUND = 0
    SUSPICIOUS = 1
    MALICIOUS = 2

    @property
    def word(self) -> str:
        """The grade as JSON spells it: `nothing-found`, `suspicious`, `malicious`."""
        return self.name.lower().replace("_", "-")


class Outcome(IntEnum):
    """What a gate does with it. Combined by `max`."""

    ALLOW = 0
    QUARANTINE = 1
    BLOCK = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one policy about one examination at one time."""

    grade: Grade
    score: float
    """0.0 to 10.0, one decimal. Orders and explains; the reasons decide."""
    outcome: Outcome
    reasons: tuple[Finding, ...]
    """The findings that gave the grade, the strongest first. Empty for `NOTHING_FOUND`."""
    complete: bool
    """False when something that was asked for could not be examined."""
    policy_digest: str
    at: datetime
    """Timezone-aware."""

    @property
    def band(self) -> Severity:
        """The word for the score: LOW < 4.0 <= MEDIUM < 7.0 <= HIGH < 9.0 <= CRITICAL."""
        return band(self.score)


def band(score: float) -> Severity:
    """Return the severity word of a score from 0.0 to 10.0."""
    if score >= 9.0:
        return Severity.CRITICAL
    if score >= 7.0:
        return Severity.HIGH
    return Severity.MEDIUM if score >= 4.0 else Severity.LOW
