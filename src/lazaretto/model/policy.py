"""Policies: which findings give which grade. Data, not code; `judge` applies them."""

from dataclasses import dataclass

from lazaretto.model.finding import Confidence, Phase, Severity
from lazaretto.model.verdict import Grade


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence of a policy: findings at least this severe and this sure give this grade."""

    id: str
    grade: Grade
    severity: Severity
    confidence: Confidence
    phases: tuple[Phase, ...] = ()
    """Only findings of these phases; empty = every phase."""
    rules: tuple[str, ...] = ()
    """Only these rule ids, `family/*` allowed; empty = every rule."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """The caller's decision to live with a finding until a day. Never read from the subject."""

    subject: str
    """`path` glob or purl; `*` = everywhere."""
    rule: str
    """Rule id or `family/*`."""
    reason: str
    owner: str
    expires: str
    """ISO date, the last day on which the waiver holds."""


@dataclass(frozen=True, slots=True)
class Policy:
    """An ordered set of clauses and waivers.

    Raises:
        ValueError: no clauses. An empty policy is a mistake, not "allow all".
    """

    clauses: tuple[Clause, ...]
    waivers: tuple[Waiver, ...] = ()
    name: str = "default"

    def __post_init__(self) -> None:
        if not self.clauses:
            raise ValueError("a policy without clauses would allow everything; write at least one clause")


DEFAULT = Policy(
    clauses=(
        Clause("no-innocent-explanation", Grade.MALICIOUS, Severity.HIGH, Confidence.HIGH),
        Clause("severe-whatever-the-confidence", Grade.SUSPICIOUS, Severity.HIGH, Confidence.LOW),
        Clause("worth-a-look", Grade.SUSPICIOUS, Severity.MEDIUM, Confidence.MEDIUM),
    )
)
"""The policy of `lazaretto check`; `docs/verdict.md` explains it clause by clause."""
