"""A trigger that nobody asked for reaches code that does harm.

What it sees
    A file that is started when the folder is opened or the package installed or built (an editor task, a git hook,
    a lifecycle script, `setup.py`), or that such a file imports, and in which another rule saw something that is
    worth a look by itself: remote code, secrets sent away, a payload decoded and run.

Why it matters
    Neither half decides alone: projects have install scripts, and programs have odd code. Together they are the
    whole attack of a fake recruiter's coding test: it runs before the victim has read a line.

Example
    `package.json` has `"prepare": "node server/index.js"`; `server/index.js` requires `./config/getContract`;
    that file runs an HTTP answer as code.

What to do
    Do not install, build or open the folder. Read the chain from its first file to its last.

False alarms
    An installer that downloads and unpacks a binary is not enough: the second half must itself be a finding of at
    least MEDIUM severity and MEDIUM confidence.

References
    ATT&CK T1195.001, T1204.002
"""

from collections.abc import Iterator

from lazaretto.detect.project import Evidence
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Role, Severity
from lazaretto.model.text import N_

_EARLY = frozenset({Phase.OPEN, Phase.INSTALL, Phase.BUILD})
_HARM = frozenset({Role.FETCH, Role.EXECUTE, Role.COLLECT, Role.SEND, Role.CONCEAL})


def check(evidence: Evidence) -> Iterator[Match]:
    """Join triggers to the findings in the files that they reach; one story for each file."""
    told: set[str] = set()
    for finding in evidence.findings:
        path = finding.locations[0].path
        reach = evidence.reach(path)
        if path in told or reach is None or reach.phase not in _EARLY or not _harmful(finding):
            continue
        if len(reach.chain) < 2:
            continue  # the trigger's own file: its rule has said all there is
        told.add(path)
        yield Match(
            N_("{trigger} starts {path} in the {phase} phase, and that code is harmful: {rule}"),
            path=reach.chain[0],
            params={"trigger": reach.chain[0], "path": path, "phase": reach.phase, "rule": finding.rule},
            phase=reach.phase,
            more=(*(Location(step) for step in reach.chain[1:-1]), finding.locations[0]),
            related=(finding.rule,),
            excerpt=finding.excerpt,
        )


def _harmful(finding: Finding) -> bool:
    return finding.role in _HARM and finding.severity >= Severity.MEDIUM and finding.confidence >= Confidence.MEDIUM


RULE = Rule(
    id="story/trigger-reaches-payload",
    title=N_("something that starts by itself reaches harmful code"),
    view=Evidence,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.INSTALL,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001", "T1204.002"),
)
