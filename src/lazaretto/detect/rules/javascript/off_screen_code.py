"""Program text stands far to the right, behind a long run of blanks.

What it sees
    150 or more blanks or tabs in a row, and behind them program text that loads, decodes, fetches or executes.

Why it matters
    Editors and code hosts do not wrap by default: the statement is beyond the right edge of every reviewer's window.
    Traps of this kind used from 200 to 752 blanks.

Example
    `module.exports = router;` followed on the same line by 500 blanks and `const x = require('fs')...`

What to do
    Do not run it. Turn on line wrapping to read what stands there.

False alarms
    Aligned tables and generated code have blank runs too; without anything that loads or executes behind them they
    are context only (LOW).

References
    ATT&CK T1027.010, T1036
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

COLUMNS = 150
_RUN = re.compile(rb"[ \t]{%d,}(?=[^\s])" % COLUMNS)
_LOADS = re.compile(
    rb"\brequire\s*[(\[]|\bimport\s*\(|\beval\b|\bFunction\s*\(|\.constructor\b|child_process|\bfetch\s*\(|\baxios\b|\batob\s*\(|fromCharCode"
    rb"|\bglobal(?:This)?\s*\[|\bBuffer\s*[.\[]|\bprocess\s*[.\[]|\bexec(?:Sync)?\s*\(|\bspawn\s*\(|XMLHttpRequest|_0x[0-9a-f]{3}|_\$_|\bvm\b\s*\."
)
_COMMENT = re.compile(rb"//|/\*|\*/?|<!--|#")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every line with program text behind a long run of blanks."""
    source = module.source
    seen: set[int] = set()
    for run in _RUN.finditer(source):
        start = run.end()
        line, column = module.position(start)
        if line in seen or len(seen) >= 20:
            continue
        seen.add(line)
        begin = source.rfind(b"\n", 0, run.start()) + 1
        end = source.find(b"\n", start)
        after = source[start : (end if end >= 0 else len(source))][:20_000]
        before = source[begin : run.start()].strip()
        if _COMMENT.match(after) or b"\\n" in before[-4:]:
            continue
        found = {hit[0] for hit in _LOADS.finditer(after)}
        pushed = bool(before) or len(after) > 400
        if not found:
            yield Match(
                N_("text stands {columns} columns to the right"),
                line=line,
                column=column,
                params={"columns": column - 1},
                excerpt=after[:200].decode("utf-8", "replace"),
                severity=Severity.LOW,
                confidence=Confidence.LOW,
                phase=phase_of(module.path),
            )
            continue
        yield Match(
            N_("code that loads or executes stands {columns} columns to the right, off screen"),
            line=line,
            column=column,
            params={"columns": column - 1},
            excerpt=after[:200].decode("utf-8", "replace"),
            severity=Severity.HIGH if pushed else Severity.LOW,
            confidence=Confidence.HIGH if before else Confidence.MEDIUM,
            phase=phase_of(module.path),
        )


RULE = Rule(
    id="js/off-screen-code",
    title=N_("program text stands far to the right, off screen"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.010", "T1036"),
    needles=(b" " * COLUMNS, b"\t" * COLUMNS),
)
