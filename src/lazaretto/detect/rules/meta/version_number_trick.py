"""A version number that wins over every other.

What it sees
    The package calls itself 99.9.9, 9.9.9, 100.100.100 or the like. It is read from the package itself, no
    registry is asked.

Why it matters
    In an attack by dependency confusion a public package bears the name of a private one; the highest number is
    installed.

Example
    version 99.10.9 of a name that only one company uses

What to do
    Ask whether your own registry has a package of that name; then pin the registry.

False alarms
    Jokes, placeholders and research. It is context.

References
    ATT&CK T1195.001.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.own_package import own_packages
from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_NINES = re.compile(r"(?:9{1,9}\.){2}9{1,9}")
_HUGE = re.compile(r"9{2,9}(?:\.\d{1,9}){0,3}|(\d{2,9})\.\1\.\1")


def check(project: Project) -> Iterator[Match]:
    """One match for each own package with such a number."""
    for package in own_packages(project):
        if is_trick(package.version):
            yield Match(
                N_("version {version} would win over every other version of {name}"),
                path=package.path,
                line=package.line,
                params={"version": package.version, "name": package.name},
            )


def is_trick(version: str) -> bool:
    """Tell whether a version number looks chosen to be the highest."""
    number = version.strip().removeprefix("v")
    return bool(_NINES.fullmatch(number) or _HUGE.fullmatch(number))


RULE = Rule(
    id="meta/version-number-trick",
    title=N_("A version number that wins over every other"),
    view=Project,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001",),
    state="experimental",
)
