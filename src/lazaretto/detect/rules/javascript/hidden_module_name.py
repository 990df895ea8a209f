"""The name of a loaded module is hidden behind an encoding.

What it sees
    `require(...)` or `import(...)` of a name that is decoded at run time: Base64, hexadecimal, character codes,
    reversal, pieces that join to `child_process` or `vm`.

Why it matters
    A module name is not a secret. Hiding that a file loads `child_process`, `fs` or `os` serves only to pass a review.

Example
    `const ex = require(Buffer.from("Y2hpbGRfcHJvY2Vzcw==", "base64").toString())`

What to do
    Do not run it.

False alarms
    Bundlers join names so that their own analysis does not follow them (`require('f' + 's')`): a plain joined name
    is not reported, unless it starts processes or code.

References
    ATT&CK T1027.013, T1140
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import ENCODED_NEEDLES, in_tests, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_sinks import Execution

_POWERFUL = re.compile(
    r"(?:node:)?(?:child_process|fs|fs/promises|os|http|https|net|tls|dgram|vm|path|crypto|zlib|axios|request|socket\.io-client|node-fetch|process|module|worker_threads)"
)


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every load whose name was decoded."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    loads = [e for e in module.executions if e.kind == "load" and (e.code.tags & {"decoded", "unpacked"} or _joined(e))]
    several = len(loads) >= 3
    for execution in loads:
        name = execution.code.text or ""
        known = bool(_POWERFUL.fullmatch(name))
        if name and not known and not name.isprintable():
            continue
        if not known and not several and "param" in execution.code.tags:
            continue
        severity, confidence = (
            (Severity.HIGH, Confidence.HIGH) if known or several else (Severity.MEDIUM, Confidence.LOW)
        )
        if not execution.code.tags:
            confidence = Confidence.MEDIUM
        if in_tests(module.path) or "net" in execution.code.tags:
            confidence = Confidence.MEDIUM if known else Confidence.LOW
        yield Match(
            N_("loads a module whose name is hidden: {name}"),
            line=execution.line,
            column=execution.column,
            params={"name": name[:80] or "?"},
            excerpt=module.quote(execution.node.start_byte, execution.node.end_byte),
            severity=severity,
            confidence=confidence,
            phase=phase_of(module.path),
        )


def _joined(execution: Execution) -> bool:
    """Tell whether the name of a powerful module is joined from pieces."""
    return not execution.code.tags and (execution.code.text or "") in ("child_process", "node:child_process", "vm")


RULE = Rule(
    id="js/hidden-module-name",
    title=N_("the name of a loaded module is decoded at run time"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.013", "T1140"),
    needles=(*ENCODED_NEEDLES, b"require("),
)
