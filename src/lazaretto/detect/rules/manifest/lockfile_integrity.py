"""What it sees
    A lockfile entry from the registry without a digest, where all the others have one.

Why it matters
    Without the digest the client takes whatever file the address answers. Removing it is the way to change a pinned
    package without a visible change of its version.

Example
    "node_modules/ms": {"version": "2.1.3", "resolved": "https://registry.example.test/ms/-/ms-2.1.3.tgz"}

What to do
    Delete the entry and resolve it again.

False alarms
    Git and local dependencies have no digest and are not counted; some clients lose digests of many entries at once,
    which is not reported either.

References
    npm documentation, "package-lock.json"; ATT&CK T1195.001.
"""

from collections import defaultdict
from collections.abc import Iterator

from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_


def check(view: Project) -> Iterator[Match | Signal]:
    """Report at most three entries of a document whose other entries all have a digest."""
    documents: dict[str, list[Package]] = defaultdict(list)
    for package in view.packages:
        if package.ecosystem == "npm" and package.relation is Relation.LOCKED and _from_registry(package):
            documents[package.source].append(package)
    for source, packages in documents.items():
        bare = [package for package in packages if not package.integrity]
        if 1 <= len(bare) <= 3 and len(packages) >= 20:
            for package in bare:
                yield Match(
                    N_("{name} has no digest in the lockfile, all {count} others have one"),
                    path=source,
                    line=package.line,
                    params={"name": f"{package.name}@{package.version}", "count": len(packages) - len(bare)},
                )


def _from_registry(package: Package) -> bool:
    return package.url.startswith(("http://", "https://")) and "/-/" in package.url


RULE = Rule(
    id="npm/lockfile-no-integrity",
    title=N_("A lockfile entry lacks the digest that all others have"),
    view=Project,
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    phase=Phase.INSTALL,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__,
    techniques=("T1195.001",),
)
