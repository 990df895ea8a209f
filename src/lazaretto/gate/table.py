"""One verdict table for a project: pages and downloads both read it, so they cannot disagree.

    upstream document -> candidates -> policy -> {file name: Ruling}

A table is made for one state of the world: the document's digest, the policy, the approvals, the examinations
(`epoch`) and a time until which none of its rulings ends by itself.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from packaging.version import InvalidVersion, Version

from lazaretto.model.gate import Candidate, Listing, Ruling
from lazaretto.model.text import Message
from lazaretto.model.verdict import Outcome


@dataclass(eq=False)
class Table:
    """The rulings of one project for one team."""

    listing: Listing
    upstream: str
    candidates: Mapping[str, Candidate]
    """By file name, in the upstream's order."""
    rulings: dict[str, Ruling]
    """By file name; every candidate has one."""
    document: str
    """Digest of the upstream's document."""
    epoch: tuple[object, ...]
    ends: datetime | None
    """When the first ruling changes by itself; None = never."""
    rejected: Mapping[str, Message] = field(default_factory=dict)
    """Files (npm: versions) that the upstream lists under this project and that are not its own, with the reason."""
    _newest: tuple[str, ...] | None = None

    def current(self, epoch: tuple[object, ...], document: str, now: datetime) -> bool:
        """Tell whether the table still holds."""
        return self.epoch == epoch and self.document == document and (self.ends is None or now < self.ends)

    @property
    def allowed(self) -> list[str]:
        """Versions of which some file is allowed, in the upstream's order."""
        found = {self.candidates[name].version for name, ruling in self.rulings.items() if ruling.outcome is ALLOW}
        return [version for version in dict.fromkeys(c.version for c in self.candidates.values()) if version in found]

    def near(self, filename: str = "", before: "Table | None" = None) -> "Table":
        """Return a small table with the same rulings, for serving what it allows.

        It has the newest files, the newest that are withheld, those of `before` (an earlier one) as far as there is
        room, and one more. What is newest or refused is asked of the whole table.
        """
        names = list(self.candidates)[-NEAR:]
        names += [name for name, ruling in self.rulings.items() if ruling.outcome > ALLOW][-NEAR:]
        if before is not None:
            names += [name for name in before.candidates if name in self.candidates][-NEAR:]
        wanted = dict.fromkeys(names)
        if filename:
            wanted[filename] = None
        return replace(
            self,
            candidates={name: self.candidates[name] for name in wanted},
            rulings={name: self.rulings[name] for name in wanted},
            rejected={},
            _newest=None,
        )

    def rule(self, filename: str, ruling: Ruling) -> None:
        """Put a ruling in place of the one before: its file was examined meanwhile."""
        self.rulings[filename] = ruling
        self._newest = None

    def newest_allowed(self, but: str = "") -> str:
        """Return the highest version of which some file is allowed, a stable one if there is any; empty = none.

        `but`: a version that is no answer, because it is a file of it that is refused.
        """
        if self._newest is None:
            npm = self.listing.ecosystem == "npm"
            self._newest = (_npm_newest if npm else _python_newest)(self.allowed)
        return next((one for one in self._newest if one != but), "")

    def worst(self) -> str:
        """Return the file that is refused most severely, the newest of them."""
        return max(reversed(list(self.rulings)), key=lambda name: self.rulings[name].outcome)

    @property
    def refused(self) -> bool:
        """True when the project has files and none of them passes."""
        return bool(self.rulings) and all(ruling.outcome > ALLOW for ruling in self.rulings.values())


def _npm_newest(versions: Sequence[str]) -> tuple[str, ...]:
    """Return the two highest. The upstream's order is that of semver already."""
    stable = [one for one in versions if "-" not in one]
    return tuple(reversed((stable or list(versions))[-2:]))


def _python_newest(versions: Sequence[str]) -> tuple[str, ...]:
    known = []
    for text in versions:
        with contextlib.suppress(InvalidVersion):
            version = Version(text)
            known.append((not version.is_prerelease, version, text))
    return tuple(text for _, _, text in sorted(known)[:-3:-1])


ALLOW = Outcome.ALLOW
NEAR = 64
"""Files of one kind in a small table."""
