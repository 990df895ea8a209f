"""Unreadable code hangs on an otherwise ordinary file.

What it sees
    A readable file (a build configuration first of all: `tailwind.config.js`, `next.config.mjs`, `vite.config.ts`,
    `eslint.config.js`, ...) with one very long line of program text before or after its own content, full of computed
    calls, decoders or an obfuscator's marks.

Why it matters
    Build configuration runs on the developer's machine at every `npm run dev`. One wave rewrote the last commit of
    more than a thousand projects to hang such a line behind the export.

Example
    `module.exports = { ... };` followed, on the same line and far to the right, by `global['!']='...';var _$_1e42=...`

What to do
    Do not build or start the project. If it is your own repository, look for the commit that added the line, and
    treat the machine that pushed it as infected.

False alarms
    Long lists and data URLs are no program text and are not reported.

References
    ATT&CK T1027.010, T1195.001, T1546
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import is_build_config, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_obfuscation import obfuscation

_PUSHED = re.compile(rb"[ \t]{100}\S")
"""Blanks that push what follows out of an editor's window."""
LONG = 900
"""Bytes of one line from which it is a blob rather than a long line."""
_PROGRAM = re.compile(
    rb"\beval\b|\bFunction\b|fromCharCode|charCodeAt|charAt\(|\bglobal\s*\[|\bglobalThis\s*\[|_0x[0-9a-f]{3}|_\$_|\brequire\s*\(|\batob\("
    rb"|\\x[0-9a-f]{2}\\x|child_process|\.constructor\b|\bparseInt\("
)


def check(module: JavaScriptModule) -> Iterator[Match]:
    """One match per file: the longest program line of a file that is otherwise readable."""
    source = module.source
    config = is_build_config(module.path)
    if module.longest_line < LONG or (not config and module.minified):
        return
    lines = source.split(b"\n")
    if len(lines) > 4_000:
        return
    longest = max(range(len(lines)), key=lambda index: len(lines[index]))
    blob = lines[longest]
    rest = len(source) - len(blob)
    signs = {found[0] for found in _PROGRAM.finditer(blob[:200_000])}
    unreadable = obfuscation(blob)
    blanks = blob.count(b" ", 0, 5_000) * 8 > min(len(blob.strip()), 5_000)
    if config and (unreadable or (len(signs) >= 3 and not blanks)):
        severity, confidence = Severity.HIGH, Confidence.HIGH if unreadable else Confidence.MEDIUM
    elif (
        unreadable
        and {"marker", "scrambled", "rotation"}.intersection(unreadable.signs)
        and rest > 40
        and longest >= 0
        and not module.vendored
    ):
        severity, confidence = (
            Severity.HIGH,
            Confidence.HIGH if _readable(lines, longest) or _PUSHED.search(blob, 0, 20_000) else Confidence.MEDIUM,
        )
    else:
        return
    yield Match(
        N_("a line of {size} characters of unreadable program text hangs on this file"),
        line=longest + 1,
        column=len(blob) - len(blob.lstrip()) + 1,
        params={"size": len(blob)},
        excerpt=blob.strip()[:200].decode("utf-8", "replace"),
        severity=severity,
        confidence=confidence,
        phase=phase_of(module.path),
    )


def _readable(lines: list[bytes], blob: int) -> bool:
    """Tell whether the rest of the file is written by hand: several short lines."""
    others = [line for index, line in enumerate(lines) if index != blob and line.strip()]
    return len(others) >= 3 and max(len(line) for line in others) < 400


RULE = Rule(
    id="js/obfuscated-tail",
    title=N_("unreadable code hangs on an otherwise ordinary file"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.BUILD,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.010", "T1195.001", "T1546"),
    needles=(
        b"eval",
        b"Function",
        b"_0x",
        b"_$_",
        b"\\x",
        b"atob(",
        b"global[",
        b"charAt",
        b"parseInt",
        b"constructor",
    ),
)
