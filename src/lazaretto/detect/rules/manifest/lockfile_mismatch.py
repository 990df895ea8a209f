"""What it sees
    A lockfile entry whose tarball address names another package, or another version, than the entry itself.

Why it matters
    The client downloads what the address says. The entry then installs a foreign package under a trusted name.

Example
    "node_modules/lodash": {"version": "4.17.21", "resolved": "https://registry.example.test/lodahs/-/lodahs-1.0.0.tgz"}

What to do
    Do not install with this lockfile.

False alarms
    A version that was edited by hand gives another version than the address (reported as medium, low confidence).
    Aliases (`npm:other@1.0.0`) are written into the lockfile as such and are not reported.

References
    ATT&CK T1195.001, T1036.005; known as lockfile injection.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_
from lazaretto.parse.text import is_test

_TARBALL = re.compile(r"/((?:@[^/]{1,214}/)?[^/@]{1,214})/-/(?:@[^/]{1,214}/)?([^/?#]{1,400})\.tgz", re.IGNORECASE)


def check(view: Project) -> Iterator[Match | Signal]:
    """Compare names and versions of registry addresses."""
    for package in view.packages:
        if package.ecosystem != "npm" or package.relation is Relation.DECLARED or "/-/" not in package.url:
            continue
        found = _TARBALL.search(unquote(package.url))
        if found is None:
            continue
        named, file = found.group(1), found.group(2)
        if (
            package.name not in {named, named.rpartition("/")[2]}
            and package.alias != named
            and not named.endswith(f"/{package.name}")
        ):
            meant = "://" in package.requirement or not package.version  # the project asked for an address
            sure = Confidence.LOW if meant or is_test(package.source) else Confidence.HIGH
            severity = Severity.LOW if sure is Confidence.LOW else Severity.HIGH
            yield _match(package, N_("the entry {name} downloads the package {other}"), named, severity, sure)
        elif package.version and not _version_fits(file, named, package.version):
            yield _match(
                package,
                N_("the entry {name} downloads another version: {other}"),
                file,
                Severity.MEDIUM,
                Confidence.LOW,
            )


def _version_fits(file: str, named: str, version: str) -> bool:
    stem = named.rpartition("/")[2]
    if not file.startswith(f"{stem}-"):
        return True  # mirrors name their files otherwise
    tail = file[len(stem) + 1 :]
    bare = version.split("+", 1)[0]
    return tail in {version, bare} or tail.split("+", 1)[0] == bare or not tail[:1].isdigit()


def _match(package: Package, template: str, other: str, severity: Severity, confidence: Confidence) -> Match:
    return Match(
        template,
        path=package.source,
        line=package.line,
        params={"name": f"{package.name}@{package.version}", "other": other},
        excerpt=package.url,
        severity=severity,
        confidence=confidence,
    )


RULE = Rule(
    id="npm/lockfile-mismatch",
    title=N_("A lockfile entry downloads another package than it names"),
    view=Project,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1195.001", "T1036.005"),
)
