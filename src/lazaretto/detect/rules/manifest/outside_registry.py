"""What it sees
    A dependency of a package.json that does not come from the registry: a URL, a tarball, a git address, a release
    asset, an alias to a package of another name.

Why it matters
    Registry rules, reviews and advisories do not see such a dependency, and its content can change. In April 2026 the
    graphalgo campaign moved its payload to GitHub release assets.

Example
    {"dependencies": {"graph-core": "https://files.example.test/graph-core-1.0.0.tgz"}}

What to do
    Look at what lies at the address before you install.

False alarms
    Git dependencies and aliases are common in development (low). Local paths and workspaces are not reported.

References
    npm documentation, "package.json dependencies"; ATT&CK T1195.001.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.hosts import HostKind, host_kind
from lazaretto.parse.manifests import PackageJson

_LOCAL = (
    "file:", "link:", "workspace:", "portal:", "catalog:", "patch:", "./", "../", "/", "~/", "jsr:", "exec:", "${",
)  # fmt: skip
_RELEASE = re.compile(
    r"/releases/(?:download|latest)/|/-/(?:archive|jobs|package_files)/|/raw/|raw\.githubusercontent\.com",
    re.IGNORECASE,
)
_GIT = re.compile(
    r"(?:git\+|git:|git@|ssh:|github:|gitlab:|bitbucket:|gist:)|[\w.-]{1,100}/[\w.-]{1,100}(?:#.{1,200})?$",
    re.IGNORECASE,
)


def check(view: PackageJson) -> Iterator[Match | Signal]:
    """Classify every specification that is not a range."""
    for requirement in view.requirements:
        judged = judge(requirement.spec)
        if judged is not None:
            template, severity, confidence = judged
            line = view.requirement_line(requirement)
            yield Match(
                template,
                line=line,
                params={"name": requirement.name, "spec": requirement.spec[:200]},
                excerpt=f"{requirement.name}: {requirement.spec}",
                severity=severity,
                confidence=confidence,
            )
            yield Signal("foreign-dependency", f"{requirement.name}\t{requirement.spec[:300]}", view.path, line)


def judge(spec: str) -> tuple[str, Severity, Confidence] | None:
    """Return (template, severity, confidence) of a specification that leads outside the registry."""
    text = spec.strip()
    if text.startswith(_LOCAL) or text in {"", "*"}:
        return None
    if text.startswith("npm:"):
        return N_("{name} is another package under this name: {spec}"), Severity.LOW, Confidence.LOW
    if text.lower().startswith(("http://", "https://")):
        kind = host_kind(text)
        if kind is HostKind.ADDRESS:
            return N_("{name} is downloaded from a bare address: {spec}"), Severity.HIGH, Confidence.MEDIUM
        if kind in {HostKind.SHORTENER, HostKind.THROWAWAY} or text.lower().startswith("http://"):
            return (
                N_("{name} is downloaded from an address that anybody could answer: {spec}"),
                Severity.MEDIUM,
                Confidence.MEDIUM,
            )
        if text.endswith(".git"):
            return N_("{name} comes from a git repository: {spec}"), Severity.LOW, Confidence.MEDIUM
        if _RELEASE.search(text):
            return (
                N_("{name} is downloaded from a release or raw file, past the registry: {spec}"),
                Severity.MEDIUM,
                Confidence.LOW,
            )
        return N_("{name} is downloaded from outside the registry: {spec}"), Severity.LOW, Confidence.MEDIUM
    if _GIT.match(text):
        return N_("{name} comes from a git repository: {spec}"), Severity.LOW, Confidence.MEDIUM
    return None


RULE = Rule(
    id="npm/dependency-outside-registry",
    title=N_("A dependency comes from outside the registry"),
    view=PackageJson,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.FETCH,
    check=check,
    doc=__doc__,
    techniques=("T1195.001",),
    needles=(b"ependencies",),
)
