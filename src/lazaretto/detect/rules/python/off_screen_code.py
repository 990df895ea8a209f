"""What it sees
    Code that follows a run of at least 120 blanks on a line: editors and web views show an empty or harmless line,
    the statement stands beyond the right edge.

Why it matters
    Nobody indents by hundreds of columns by accident. It is how loaders are hidden in files that a reviewer has
    open.

Example
    VERSION = "1.0"                                  (hundreds of blanks)                  ;exec(payload)

What to do
    Read the line with wrapping switched on. Do not install or run the package.

False alarms
    Wide tables of data in text; only lines whose tail calls something are reported.

References
    ATT&CK T1027.010 (Command Obfuscation), T1036 (Masquerading).
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_HIDDEN = N_("code stands {columns} columns to the right, out of sight: {code}")

_RUN = re.compile(rb"[ \t]{120,}(?=([^\s#\\][^\n]{0,4000}))")
_DANGER = re.compile(
    rb"\b(?:exec|eval|compile|__import__|subprocess|urlopen|system|Popen|getattr|b64decode|marshal|requests|socket)\b|\bimport\s+\w|\bfrom\s+\w+\s+import"
)


def check(view: PythonModule) -> Iterator[Match]:
    """Yield every line with code far off to the right."""
    for found in _RUN.finditer(view.blob.data):
        tail = found[1]
        danger = _DANGER.search(tail)
        if danger is None or danger.start() > 200:
            continue
        line, _ = view.blob.position(found.start())
        start = found.end()
        column = view.blob.position(start)[1]
        head = view.blob.line_bytes(line)[: column - 1].strip()
        if (
            head
            and not tail.lstrip().startswith((b";", b",exec(", b", exec(", b",eval(", b",__import__"))
            and head.count(b'"""') % 2 == 0
            and not _opens(head)
        ):
            continue  # blanks inside an expression: an aligned table
        text = tail.strip()[:120].decode("utf-8", "replace")
        yield Match(_HIDDEN, line, column, params={"columns": column, "code": text}, excerpt=text)


def _opens(head: bytes) -> bool:
    return head.endswith((b";", b":", b"'''"))


RULE = Rule(
    id="py/off-screen-code",
    title=N_("Code out of sight, far to the right"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.IMPORT,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.010", "T1036"),
    needles=(b" " * 120, b"\t" * 60),
)
