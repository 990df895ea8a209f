"""A popular name with a harmless word stuck to it.

What it sees
    A package that no list of downloaded names holds is called after a very popular one, with a word added that such
    campaigns like: `-validator`, `-helper`, `-audit`, `-log`, `-extras`, `-animation`, ...

Why it matters
    It reads like a part of the popular project. The pairs `audit-ejs` and `ejs-audit` or `tailwind-mainanimation`
    were published for attacks on developers.

Example
    A `package.json` that asks for `react-event-dependency`.

What to do
    Check that the popular project's own pages name the package.

False alarms
    Many small honest plugins are named like this. It is context for other findings.

References
    ATT&CK T1195.001, T1036.005.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.names import WORLDS, is_known, popular
from lazaretto.detect.own_package import own_packages
from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.package import Relation
from lazaretto.model.text import N_

RANK = 500
_WORDS = re.compile(
    r"(?:^|[-_.])(?:validators?|helpers?|audit|logg?e?r?|logs|extras?|checker|(?:main|auto)?animations?|dependency|handle"
    r"|metadata|prices?|orchestrator|fetch(?:er)?|updater?|loader|patch|fix|pro|plus|ex|x|ultra|core-?lib|utils?2?|kit)$"
)


def check(project: Project) -> Iterator[Match]:
    """See the module's docstring."""
    asked = [
        (package.ecosystem, package.name, package.source, package.line)
        for package in project.packages
        if package.relation is Relation.DECLARED
    ]
    own = [(package.world, package.name, package.path, package.line) for package in own_packages(project)]
    seen = set()
    for world, name, path, line in own + asked:
        if world not in WORLDS or (world, name) in seen or name.startswith("@"):
            continue
        seen.add((world, name))
        if (other := _dressed_up(world, name)) and not is_known(world, name):
            yield Match(
                N_("{name} is called after {other}, but no list of downloaded packages holds it"),
                path=path,
                line=line,
                params={"name": name, "other": other},
                excerpt=name,
            )


def _dressed_up(world: str, name: str) -> str:
    match = _WORDS.search(name)
    if match is None or match.start() == 0:
        return ""
    rank = popular(world).rank
    base = name[: match.start()]
    if rank.get(base, RANK + 1) <= RANK and len(base) >= 3:
        return base
    first = re.split(r"[-_.]", base, maxsplit=1)[0]
    return first if rank.get(first, RANK + 1) <= RANK and len(first) >= 4 else ""


RULE = Rule(
    id="name/combosquat",
    title=N_("A popular name with a harmless word stuck to it"),
    view=Project,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1195.001", "T1036.005"),
)
