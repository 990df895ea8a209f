"""What it sees
    An `overrides`, `resolutions` or `pnpm.overrides` entry that replaces a package by one of another name or from
    another place.

Why it matters
    The replaced package keeps its name everywhere in the code; only the manifest tells that it is something else.

Example
    {"overrides": {"ms": "npm:ms-fast@1.0.0"}}

What to do
    Look at the replacement.

False alarms
    Forks that fix a bug are replaced this way (low); bare version pins are not reported.

References
    npm documentation, "overrides"; ATT&CK T1195.001, T1574.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.manifest.outside_registry import judge
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.manifests import PackageJson

_SCOPE = re.compile(r"@[\w.-]{1,100}/")


def check(view: PackageJson) -> Iterator[Match | Signal]:
    """Compare names; judge addresses like dependencies."""
    for entry in view.overrides:
        name = re.split(r"(?<=.)@|>|/(?!.*@[^/]*/)", entry.name)[-1] if "/" not in entry.name else entry.name
        target = entry.spec.removeprefix("npm:")
        if entry.spec.startswith("npm:"):
            other = target[: target.rfind("@")] if target.rfind("@") > 0 else target
            if other and other != name.rsplit("/**/", 1)[-1] and _SCOPE.sub("", other) != _SCOPE.sub("", name):
                yield Match(
                    N_("{table} replaces {name} by another package: {spec}"),
                    line=view.requirement_line(entry),
                    params={"table": entry.table, "name": entry.name[:100], "spec": entry.spec[:160]},
                )
        elif (judged := judge(entry.spec)) is not None:
            _, severity, confidence = judged
            yield Match(
                N_("{table} replaces {name} by something from outside the registry: {spec}"),
                line=view.requirement_line(entry),
                params={"table": entry.table, "name": entry.name[:100], "spec": entry.spec[:160]},
                severity=severity,
                confidence=confidence,
            )


RULE = Rule(
    id="npm/override-swaps-package",
    title=N_("An override replaces a package by another"),
    view=PackageJson,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1195.001",),
    needles=(b"overrides", b"resolutions"),
)
