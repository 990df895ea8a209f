"""An update needs a package that the old version did not.

What it sees
    A dependency that is needed to run and that the old version did not name anywhere. It weighs more when no
    list of downloaded packages holds its name and it does not share scope or first word with the package
    itself.

Why it matters
    Payloads come by a new dependency: the hijacked package itself stays clean, and its new dependency is a few
    days old.

Example
    {"dependencies": {"flatten-stream-helper": "^0.1.0"}}   in 3.3.6, not in 3.3.5

What to do
    Look the new name up: who owns it, since when, what does it run at installation?

False alarms
    Features need libraries; small ones are in no list. A known name is context.

References
    ATT&CK T1195.001.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.change import Change
from lazaretto.detect.names import is_known
from lazaretto.detect.own_package import own_packages
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.package import Package
from lazaretto.model.text import N_

YOUNG_DAYS = 30
_MANY = 8
"""More new names than this are a new architecture, or a private registry."""


def check(change: Change) -> Iterator[Match]:
    """One match for each new name."""
    own = {(package.world, package.name) for package in own_packages(change.new)}
    strangers = [package for package in change.strangers if not _kin(package, own)]
    established = any(is_known(world, name) for world, name in own)
    grave = established and 0 < len(strangers) <= _MANY
    for package in change.dependencies:
        days = change.ages.get((package.ecosystem, package.name))
        young = days is not None and days < YOUNG_DAYS
        template = N_("new in this version: needs {name}")
        if young:
            template = N_("new in this version: needs {name}, which was first published {days} days ago")
        elif package in strangers:
            template = N_("new in this version: needs {name}, which is in no list of downloaded packages")
        weighs = young or (grave and package in strangers)
        yield Match(
            template,
            path=package.source,
            line=package.line,
            params={"name": package.name, **({"days": days} if young else {})},
            excerpt=f"{package.name} {package.version or package.requirement}",
            severity=Severity.MEDIUM if weighs else Severity.LOW,
            confidence=Confidence.MEDIUM if weighs else Confidence.LOW,
        )


def _kin(package: Package, own: set[tuple[str, str]]) -> bool:
    """Tell whether a name shares its scope or its first word with the package itself, as parts of a project do."""
    first = _first(package.name)
    return any(world == package.ecosystem and _first(name) == first for world, name in own)


def _first(name: str) -> str:
    scope, slash, _ = name.partition("/")
    return scope.removeprefix("@") if slash else re.split(r"[-_.]", name, maxsplit=1)[0]


RULE = Rule(
    id="change/dependency-added",
    title=N_("An update needs a package that the old version did not"),
    view=Change,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.INSTALL,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001",),
    state="experimental",
)
