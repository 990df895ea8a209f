"""A trigger that nobody asked for reaches code that does harm.

What it sees
    A file that is started when the folder is opened or the package installed or built (an editor task, a git hook,
    a lifecycle script, `setup.py`), or that such a file imports, and in which another rule saw something that is
    worth a look by itself: remote code, secrets sent away, a payload decoded and run. A shell script that downloads
    code and runs it is such a file as soon as a trigger starts it: the same commands inside the trigger would be.

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

_HARM = frozenset({Role.FETCH, Role.EXECUTE, Role.COLLECT, Role.SEND, Role.CONCEAL})
_SAY = {
    Phase.OPEN: N_("opening the folder makes {trigger} start {path}, and that code is harmful: {rule}"),
    Phase.INSTALL: N_("installing makes {trigger} start {path}, and that code is harmful: {rule}"),
    Phase.BUILD: N_("building makes {trigger} start {path}, and that code is harmful: {rule}"),
}
_SAY_SCRIPT = {
    Phase.OPEN: N_("opening the folder makes {trigger} start {path}, which runs foreign code: {detail}"),
    Phase.INSTALL: N_("installing makes {trigger} start {path}, which runs foreign code: {detail}"),
}
"""Building is left out: build scripts fetch their tools, and a person starts them."""


def check(evidence: Evidence) -> Iterator[Match]:
    """Join triggers to the findings in the files that they reach; one story for each file."""
    worst: dict[str, Finding] = {}
    for finding in evidence.findings:
        path = finding.locations[0].path
        if _harmful(finding) and (path not in worst or _weight(finding) > _weight(worst[path])):
            worst[path] = finding
    for path, finding in sorted(worst.items()):
        reach = evidence.reach(path)
        if reach is None or reach.phase not in _SAY or len(reach.chain) < 2:
            continue  # a chain of one is the trigger's own file: its rule has said all there is
        trigger = reach.chain[0]
        triggers = [found.rule for found in evidence.findings_in(trigger) if found.role is Role.TRIGGER]
        yield Match(
            _SAY[reach.phase],
            path=trigger,
            line=reach.line,
            params={"trigger": trigger, "path": path, "rule": finding.rule},
            phase=reach.phase,
            more=(*(Location(step) for step in reach.chain[1:-1]), finding.locations[0]),
            related=(*dict.fromkeys(triggers), finding.rule),
        )
    told = set(worst)
    for signal in evidence.signals_of("runs-foreign-code"):
        reach = evidence.reach(signal.path)
        if signal.path in told or reach is None or reach.phase not in _SAY_SCRIPT or len(reach.chain) < 2:
            continue
        told.add(signal.path)
        trigger = reach.chain[0]
        yield Match(
            _SAY_SCRIPT[reach.phase],
            path=trigger,
            line=reach.line,
            params={"trigger": trigger, "path": signal.path, "detail": signal.value},
            phase=reach.phase,
            more=(*(Location(step) for step in reach.chain[1:-1]), Location(signal.path, signal.line)),
            related=tuple(
                dict.fromkeys(found.rule for found in evidence.findings_in(trigger) if found.role is Role.TRIGGER)
            ),
        )


def _harmful(finding: Finding) -> bool:
    return finding.role in _HARM and finding.severity >= Severity.MEDIUM and finding.confidence >= Confidence.MEDIUM


def _weight(finding: Finding) -> tuple[int, int, bool]:
    return finding.severity, finding.confidence, finding.role is Role.EXECUTE


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
