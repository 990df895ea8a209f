"""What a surface gets to render: one checked subject, or one inventory."""

from dataclasses import dataclass

from lazaretto.model.finding import Examination, Finding
from lazaretto.model.hypothesis import Hypothesis
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade, Verdict


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that the caller's own ignore file took out of the verdict. It is still shown."""

    finding: Finding
    reason: str
    expires: str
    """ISO date."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a check against an older version adds to the answer. What changed is told by findings of `change/*`."""

    old: str
    """The older version, as the caller named it, or the package that `previous` stood for."""
    grade: Grade
    """What the older version by itself was graded."""
    added: tuple[Finding, ...]
    """Findings of the new version that the older one had not; those of `change/*` are among them."""
    gone: int
    """Findings of the older version that the new one has no more."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One answer of `check`."""

    target: str
    """As the caller named it. Untrusted when it came from a list."""
    kind: str
    """`folder`, `archive`, `file`, `lockfile`, `package`, `git`, `run` (a folder that was run in the sandbox)."""
    examination: Examination
    verdict: Verdict
    ignored: tuple[Ignored, ...] = ()
    version: str = ""
    """Lazaretto's version."""
    intel_date: str = ""
    """ISO date of the newest embedded intelligence."""
    online: bool = False
    seconds: float = 0.0
    """Wall time. Left out of deterministic output."""
    error: Message | None = None
    """Set when the target could not be examined at all (missing, unreadable, not an archive): the verdict is
    then `NOTHING_FOUND` and incomplete."""
    hint: Message | None = None
    """What to do about `error`, when that is known."""
    comparison: Comparison | None = None
    """Set when an older version was compared with."""
    hypotheses: tuple[Hypothesis, ...] = ()
    """Campaigns that the findings resemble, the likeliest first. Hints; they raise no grade."""
