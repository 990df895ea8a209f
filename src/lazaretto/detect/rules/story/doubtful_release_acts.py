"""A doubtful release acts.

What it sees
    Several doubts about a release (`meta/*`: young, single version, no description, publisher changed,
    attestation lost, version trick, name reused, ...) come together with something that runs at installation
    and does more than compile, or with a finding that is worth a look by itself.

Why it matters
    Each of these is common among honest packages. Few honest packages have several of them and act when they
    are installed.

Example
    a package of two days, with one version, no description, and a `postinstall` script that starts programs and
    speaks over the network

What to do
    Do not install it. Read the script; ask who published it.

False alarms
    Young honest projects with an installer. It never says more than suspicious: metadata convicts nobody.

References
    ATT&CK T1195.001, T1195.002; the rubric stands in docs/verdict.md.
"""

from collections import defaultdict
from collections.abc import Iterator

from lazaretto.detect.project import Evidence
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Finding, Phase, Role, Severity
from lazaretto.model.text import N_

WEIGHTS = {
    "meta/brand-new-package": 2,
    "meta/provenance-lost": 2,
    "meta/publisher-changed": 2,
    "meta/install-script-added": 2,
    "meta/repository-mismatch": 2,
    "meta/version-number-trick": 2,
    "meta/version-jump": 2,
    "meta/name-reused": 2,
    "meta/single-version": 1,
    "meta/empty-description": 1,
    "meta/free-mail-domain": 1,
    "meta/release-cadence": 1,
}
"""Points of doubt. A rule counts once."""
ENOUGH, PLENTY = 3, 5
_HARM = frozenset({Role.FETCH, Role.EXECUTE, Role.COLLECT, Role.SEND, Role.CONCEAL, Role.TRIGGER})
_ACTS = frozenset({"network", "process", "code", "stores"})


def check(evidence: Evidence) -> Iterator[Match]:
    """One match at most."""
    doubts = {finding.rule: finding for finding in evidence.findings if finding.rule in WEIGHTS}
    points = sum(WEIGHTS[rule] for rule in doubts)
    if points < ENOUGH:
        return
    deed = _deed(evidence)
    if deed is None:
        return
    finding, strong = deed
    named = sorted(doubts, key=lambda rule: (-WEIGHTS[rule], rule))
    grave = strong or points >= PLENTY
    yield Match(
        N_("a doubtful release ({doubts}) acts: {rule}"),
        path=finding.locations[0].path,
        line=finding.locations[0].line,
        params={"doubts": ", ".join(rule.partition("/")[2] for rule in named), "rule": finding.rule},
        excerpt=finding.excerpt,
        severity=Severity.HIGH if grave else Severity.MEDIUM,
        phase=finding.phase,
        related=(*named, finding.rule),
    )


def _deed(evidence: Evidence) -> tuple[Finding, bool] | None:
    """Return what the release does, and whether that is worth a look by itself."""
    told = [finding for finding in evidence.findings if finding.role in _HARM and not finding.rule.startswith("meta/")]
    strong = [
        finding for finding in told if finding.severity >= Severity.MEDIUM and finding.confidence >= Confidence.MEDIUM
    ]
    if strong:
        return max(strong, key=lambda finding: (finding.severity, finding.confidence)), True
    able: dict[str, set[str]] = defaultdict(set)
    for signal in evidence.signals_of("capability"):
        able[signal.path].add(signal.value)
        reach = evidence.reach(signal.path)
        if reach is not None and reach.phase is Phase.INSTALL and reach.chain[0] != signal.path:
            able[reach.chain[0]].add(signal.value)
    for finding in told:
        if finding.role is Role.TRIGGER and finding.phase is Phase.INSTALL:
            names = able[finding.locations[0].path]
            if "network" in names and names & (_ACTS - {"network"}):
                return finding, False
    return None


RULE = Rule(
    id="story/doubtful-release-acts",
    title=N_("A doubtful release acts"),
    view=Evidence,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001", "T1195.002"),
    state="experimental",
)
