"""A package that claims the repository of another one.

What it sees
    The source repository that the package names is called like a very popular package, and neither name is part
    of the other; the package itself is not widely used.

Why it matters
    A borrowed repository lends its stars and its history to a stranger.

Example
    a package `fast-netlib` that names the repository of `networkx`

What to do
    See whether the repository mentions the package.

False alarms
    Monorepos publish under many names. It is context.

References
    ATT&CK T1036.005.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.names import WORLDS, is_established, letters, popular
from lazaretto.detect.release import Release
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

RANK = 2000


def check(release: Release) -> Iterator[Match]:
    """One match when the repository's name is a popular package's and not related to this one."""
    facts = release.facts
    other = repository_name(facts.repository)
    world, own = facts.ecosystem, letters(facts.name.lower())
    if len(other) < 4 or world not in WORLDS or letters(other) in own or own in letters(other):
        return
    if popular(world).rank.get(other, RANK + 1) <= RANK and not is_established(world, facts.name):
        yield Match(
            N_("the package names a source repository that is called like another package: {other}"),
            params={"other": other},
            excerpt=facts.repository,
        )


def repository_name(address: str) -> str:
    """Return the last part of a repository's address, lower case, without `.git`."""
    path = re.split(r"[#?]", address.strip(), maxsplit=1)[0].rstrip("/")
    return path.rpartition("/")[2].lower().removesuffix(".git")


RULE = Rule(
    id="meta/repository-mismatch",
    title=N_("A package that claims the repository of another one"),
    view=Release,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.005",),
    state="experimental",
)
