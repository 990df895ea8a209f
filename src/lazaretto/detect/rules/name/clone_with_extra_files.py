"""A distribution that installs a popular project's module under another name.

What it sees
    A Python distribution that no list of downloaded names holds brings a top-level package with the name of a very
    popular distribution (`requests`, `networkx`).

Why it matters
    The copy works like the original, so nobody looks at the one or two files that were added to it.

Example
    A distribution `fast-netlib` that installs a package `networkx`.

What to do
    Compare its files with the original's; look at what was added.

False alarms
    Honest forks and vendored builds do the same under their own names. It is context for other findings.

References
    ATT&CK T1036.005.
"""

import posixpath
from collections.abc import Iterator

from lazaretto.detect.names import is_known, popular
from lazaretto.detect.own_package import own_packages
from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

RANK = 1000
_GENERIC = frozenset({
    "tests", "test", "docs", "doc", "examples", "scripts", "utils", "config", "common", "build", "tools", "benchmarks",
    "types", "typing", "packaging", "distribute", "functions", "schema",
})  # fmt: skip
_FEWEST = 3
"""Files below a folder that make it a library and not a shim."""


def check(project: Project) -> Iterator[Match]:
    """See the module's docstring."""
    for package in own_packages(project):
        if package.world != "pypi" or is_known("pypi", package.name):
            continue
        root = posixpath.dirname(posixpath.dirname(package.path)) if "-info/" in package.path else ""
        if posixpath.basename(package.path) == "PKG-INFO" and "-info/" not in package.path:
            root = posixpath.dirname(package.path)
        for folder in _top_packages(project, root):
            other = folder.replace("_", "-").lower()
            rank = popular("pypi").rank.get(other, RANK + 1)
            if rank <= RANK and other not in _GENERIC and other != package.name and other not in package.name:
                yield Match(
                    N_("{name} installs a package {folder}, which is the name of a popular project"),
                    path=package.path,
                    line=package.line,
                    params={"name": package.name, "folder": folder},
                    excerpt=f"{folder}/__init__.py",
                )


def _top_packages(project: Project, root: str) -> list[str]:
    counts: dict[str, int] = {}
    prefixes = tuple(f"{base}/" if base else "" for base in dict.fromkeys((root, posixpath.join(root, "src"))))
    for path in project.files:
        for prefix in prefixes:
            if path.startswith(prefix) and path.endswith(".py"):
                folder, slash, _ = path[len(prefix) :].partition("/")
                if slash:
                    counts[folder] = counts.get(folder, 0) + 1
    return sorted(
        folder
        for folder, count in counts.items()
        if count >= _FEWEST and any(f"{prefix}{folder}/__init__.py" in project.files for prefix in prefixes)
    )


RULE = Rule(
    id="name/clone-with-extra-files",
    title=N_("A distribution that installs a popular project's module under another name"),
    view=Project,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.IMPORT,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1036.005",),
    state="experimental",
)
