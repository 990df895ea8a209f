"""What it sees
    Compiled programs inside the subject: how many, and which. Modules and libraries that are loaded are not meant.

Why it matters
    A program cannot be read. Whoever judges a package should know that it brings one, even if nothing is seen to
    start it.

Example
    pkg/tools/helper.exe, a Windows program without a signature

What to do
    See whether the package has a reason to bring it, and what starts it.

False alarms
    Launchers, compilers, browsers and converters are published this way: context, which never raises a grade.

References
    ATT&CK T1195.002.
"""

import posixpath
from collections.abc import Iterator

from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.binary.places import in_tests
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity
from lazaretto.model.text import N_

MORE = 5


def check(project: Project) -> Iterator[Match]:
    """Yield one finding for all programs."""
    paths = []
    source = any(posixpath.basename(path) in ("setup.py", "PKG-INFO") for path in project.files)
    for signal in project.signals_of("executable"):
        traits = signal.value.partition("\t")[2].split()
        if in_tests(signal.path):
            continue
        module = source and signal.path.endswith((".pyd", ".so")) and ".dist-info/" not in signal.path
        if "program" in traits or module:
            paths.append(signal.path)
    if paths:
        yield Match(
            N_("brings compiled files that nobody can read: {count}; the first is {path}"),
            path=paths[0],
            params={"count": len(paths), "path": paths[0]},
            more=tuple(Location(path) for path in paths[1:MORE]),
        )


RULE = Rule(
    id="binary/executable-in-source-package",
    title=N_("A package that brings compiled programs"),
    view=Project,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.002",),
)
