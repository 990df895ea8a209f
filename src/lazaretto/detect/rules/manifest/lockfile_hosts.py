"""What it sees
    In one lockfile: an entry that comes from another host than nearly all the others; from a bare address, a
    throw-away host or without encryption.

Why it matters
    Reviewers skip lockfiles. One changed `resolved` line installs another file under the same name and version.

Example
    "resolved": "http://203.0.113.7/lodash-4.17.21.tgz"

What to do
    Delete the entry and resolve it again from your own registry, or do not install.

False alarms
    Scopes from a private registry and git dependencies; several entries from one second host are only context.

References
    npm documentation, "package-lock.json"; ATT&CK T1195.001.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_
from lazaretto.parse.hosts import HostKind, host_kind, host_of, is_public_registry

_GIT = ("git+", "git:", "git@", "ssh:", "github:", "gitlab:", "bitbucket:")
_CODE_HOSTS = frozenset(
    {
        "codeload.github.com",
        "github.com",
        "gitlab.com",
        "bitbucket.org",
        "raw.githubusercontent.com",
        "pkg.pr.new",
        "cdn.sheetjs.com",
    }
)
_SHOWN = 5
"""Entries of one second host that are listed; more of them mean a second registry rather than one changed line."""


def check(view: Project) -> Iterator[Match | Signal]:
    """Count hosts for each document and judge the rare ones."""
    documents: dict[str, list[Package]] = defaultdict(list)
    for package in view.packages:
        if package.url.startswith(("http://", "https://")) and package.relation is not Relation.DECLARED:
            documents[package.source].append(package)
    for source, packages in documents.items():
        hosts = Counter(host_of(package.url) for package in packages)
        usual, count = hosts.most_common(1)[0]
        for package in packages:
            match = _judge(package, hosts, usual, count, len(packages))
            if match is not None:
                template, severity, confidence = match
                yield Match(
                    template,
                    path=source,
                    line=package.line,
                    params={"name": f"{package.name}@{package.version}", "url": package.url[:200], "usual": usual},
                    severity=severity,
                    confidence=confidence,
                )


def _judge(
    package: Package, hosts: Counter[str], usual: str, count: int, total: int
) -> tuple[str, Severity, Confidence] | None:
    kind, host = host_kind(package.url), host_of(package.url)
    if kind is HostKind.LOCAL:
        return None
    if kind is HostKind.ADDRESS and host != usual:
        return N_("{name} comes from a bare address: {url}"), Severity.HIGH, Confidence.HIGH
    if kind in {HostKind.SHORTENER, HostKind.THROWAWAY}:
        return N_("{name} comes from a throw-away host: {url}"), Severity.HIGH, Confidence.MEDIUM
    if host == usual or host in _CODE_HOSTS or package.url.startswith(_GIT):
        return None
    if _same_owner(host, usual) or hosts[host] > max(_SHOWN, total // 10) or count < total * 3 // 4 or total < 10:
        return None
    if package.url.startswith("http://"):
        return N_("{name} comes unencrypted from {url}, all others from {usual}"), Severity.HIGH, Confidence.MEDIUM
    if package.name.startswith("@") or hosts[host] > 1:
        return N_("{name} comes from {url}, nearly all others from {usual}"), Severity.LOW, Confidence.MEDIUM
    return N_("{name} comes from {url}, all others from {usual}"), Severity.MEDIUM, Confidence.MEDIUM


def _same_owner(host: str, usual: str) -> bool:
    if host.split(".")[-2:] == usual.split(".")[-2:]:
        return True
    return is_public_registry(f"//{host}") and is_public_registry(f"//{usual}")


RULE = Rule(
    id="npm/lockfile-odd-host",
    title=N_("A lockfile entry comes from another host than all others"),
    view=Project,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1195.001",),
)
