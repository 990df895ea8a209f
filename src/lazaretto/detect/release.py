"""The view of rules over registry metadata: the facts of one release, and the time to compare them with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lazaretto.model.release import ReleaseFacts


@dataclass(frozen=True, slots=True)
class Release:
    """What the rules of the family `meta` see. Not built for placeholders of a registry's own security team."""

    facts: ReleaseFacts
    now: datetime
    """Timezone-aware."""

    @property
    def age(self) -> timedelta | None:
        """Time since the package's first version; None when not told."""
        first = self.facts.first_published
        return None if first is None else self.now - first
