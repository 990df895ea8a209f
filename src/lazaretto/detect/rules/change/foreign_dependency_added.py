"""An update needs code from outside the registry.

What it sees
    A dependency by URL, git address or release asset that the old version did not have, in a package that is
    installed from a registry.

Why it matters
    No registry rule, review or advisory sees such code, and it can change after the fact.

Example
    {"dependencies": {"graph-core": "https://files.example.test/graph-core-1.0.0.tgz"}}   in 2.0.1, not in 2.0.0

What to do
    Do not take the update before you have read what lies at the address.

False alarms
    Registries frown on it but some packages pin a fork for a while. In a project of your own it is context.

References
    ATT&CK T1195.001.
"""

from collections.abc import Iterator

from lazaretto.detect.change import Change
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(change: Change) -> Iterator[Match]:
    """One match for each dependency."""
    for name, spec, path, line in change.foreign:
        aliased = spec.startswith("npm:")
        grave = change.dependency and not aliased
        yield Match(
            N_("new in this version: needs {name} from outside the registry: {spec}"),
            path=path,
            line=line,
            params={"name": name, "spec": spec[:200]},
            excerpt=f"{name}: {spec}",
            severity=Severity.MEDIUM if grave else Severity.LOW,
            confidence=Confidence.MEDIUM if grave else Confidence.LOW,
        )


RULE = Rule(
    id="change/foreign-dependency-added",
    title=N_("An update needs code from outside the registry"),
    view=Change,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001",),
    state="experimental",
)
