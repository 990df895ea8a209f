"""A program is started through Node's inner bindings.

What it sees
    `process.binding("spawn_sync")`, `process._linkedBinding` and the like, whose `spawn` is called with the name of a
    program.

Why it matters
    `child_process` is what everybody watches. Its inner half is documented nowhere and used by nobody who has nothing
    to hide; it is a known way around sandboxes and scanners.

Example
    `process.binding("spawn_sync").spawn({ file: "/bin/sh", args: ["sh", "-c", CMD] })`

What to do
    Do not run it. Read what it starts.

False alarms
    Tools that measure coverage replace the binding's `spawn` with their own: they assign it, and name no program.

References
    ATT&CK T1059.007, T1106, T1562
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_BINDING = re.compile(rb"(?:binding|_linkedBinding)\s{0,8}\(\s{0,8}[\"'`](?:spawn_sync|process_wrap)[\"'`]\s{0,8}\)")
_SPAWN = re.compile(rb"\bspawn\s{0,8}\(\s{0,40}\{[^{}]{0,400}?\bfile\s{0,8}:\s{0,8}[\"'`]([^\"'`\n]{1,120})[\"'`]")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """One match per script that does so."""
    if _BINDING.search(module.source) is None:
        return
    hit = _SPAWN.search(module.source)
    if hit is None:
        return
    line, column = module.position(hit.start())
    tests = in_tests(module.path)
    yield Match(
        N_("starts {program} through an inner binding of Node"),
        line=line,
        column=column,
        params={"program": hit[1].decode("utf-8", "replace")},
        excerpt=module.quote(hit.start(), hit.end()),
        severity=Severity.LOW if tests else Severity.HIGH,
        confidence=Confidence.HIGH,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/raw-process-binding",
    title=N_("a program is started through Node's inner bindings"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.007", "T1106"),
    needles=(b"spawn_sync", b"process_wrap"),
)
