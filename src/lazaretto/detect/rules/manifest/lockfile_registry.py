"""What it sees
    A lockfile nearly all of whose entries come from one host that is no public registry.

Why it matters
    Yarn 1, Bun and `uv sync --frozen` fetch from where the lockfile says, whatever registry the user has set. Whoever
    runs that host decides what is installed, and the digests beside the addresses are the same hand's.

Example
    yarn.lock:  resolved "https://packages.example.test/lodash/-/lodash-4.17.21.tgz#..."     (in every entry)

What to do
    Ask who runs that host. Delete the lockfile and resolve again from your own registry, or `lazaretto gate relock`.

False alarms
    A company's own registry or mirror (low).

References
    Yarn documentation, "yarn.lock"; uv documentation, "Locking and syncing"; ATT&CK T1195.001.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_
from lazaretto.parse.hosts import HostKind, host_kind, host_of, is_public_registry


def check(view: Project) -> Iterator[Match | Signal]:
    """Judge the usual host of each lockfile once, at its first entry."""
    documents: dict[str, list[Package]] = defaultdict(list)
    for package in view.packages:
        if package.url.startswith(("http://", "https://")) and package.relation is Relation.LOCKED:
            documents[package.source].append(package)
    for source, packages in documents.items():
        host, count = Counter(host_of(package.url) for package in packages).most_common(1)[0]
        first = min((one for one in packages if host_of(one.url) == host), key=lambda one: one.line)
        kind = host_kind(first.url)
        if kind is HostKind.LOCAL or is_public_registry(first.url) or count * 2 < len(packages):
            continue
        if kind is HostKind.ADDRESS:
            severity, confidence = Severity.HIGH, Confidence.MEDIUM
        elif kind in {HostKind.SHORTENER, HostKind.THROWAWAY} or first.url.startswith("http://"):
            severity, confidence = Severity.MEDIUM, Confidence.MEDIUM
        else:
            severity, confidence = Severity.LOW, Confidence.LOW
        yield Match(
            N_("{count} of {total} entries of this lockfile come from {host}, which is no public registry"),
            path=source,
            line=first.line,
            params={"count": count, "total": len(packages), "host": host},
            severity=severity,
            confidence=confidence,
        )


RULE = Rule(
    id="lockfile/other-registry",
    title=N_("A lockfile takes its packages from a host that is no public registry"),
    view=Project,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1195.001",),
)
