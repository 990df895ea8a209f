"""What it sees
    A Python requirement that comes from a URL or a version control address instead of an index.

Why it matters
    Index policies and advisories do not see it, and what lies at the address can change.

Example
    requirements.txt:  graphlib @ http://203.0.113.7/graphlib-1.0.tar.gz

What to do
    Look at the file before you install.

False alarms
    Git requirements are common in development (low).

References
    PEP 508 (direct references), PEP 440; ATT&CK T1195.001.
"""

from collections.abc import Iterator

from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.package import Relation
from lazaretto.model.text import N_
from lazaretto.parse.hosts import HostKind, host_kind

_VCS = ("git+", "hg+", "svn+", "bzr+")


def check(view: Project) -> Iterator[Match | Signal]:
    """Judge the URL of each declared requirement."""
    for package in view.packages:
        if package.ecosystem != "pypi" or package.relation is not Relation.DECLARED or not package.url:
            continue
        address = package.url.partition("+")[2] if package.url.startswith(_VCS) else package.url
        if not address.startswith(("http://", "https://", "ssh://", "git://")):
            continue
        kind = host_kind(address)
        odd = kind in {HostKind.ADDRESS, HostKind.SHORTENER, HostKind.THROWAWAY}
        yield Match(
            N_("{name} comes from outside the package index: {url}"),
            path=package.source,
            line=package.line,
            params={"name": package.name, "url": package.url[:200]},
            severity=Severity.HIGH
            if kind is HostKind.ADDRESS
            else Severity.MEDIUM
            if odd or address.startswith("http://")
            else Severity.LOW,
            confidence=Confidence.MEDIUM,
        )


RULE = Rule(
    id="pypi/requirement-outside-index",
    title=N_("A requirement comes from outside the package index"),
    view=Project,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.FETCH,
    check=check,
    doc=__doc__,
    techniques=("T1195.001",),
)
