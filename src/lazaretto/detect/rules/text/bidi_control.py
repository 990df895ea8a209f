"""What it sees
    Bidirectional control characters in source code that make a line look different from what it does.

Why it matters
    Editors reorder the text; compilers do not. A comment can seem to end later, a string can swallow a condition.

Example
    access = "user<U+202E> <U+2066>// only admins<U+2069> <U+2066>"

What to do
    Look at the line in an editor that shows control characters.

False alarms
    Translations and text in Arabic or Hebrew need isolates; documentation and locale files are not reported, and
    controls that are closed within one string are low.

References
    Boucher and Anderson, "Trojan Source", 2021; CVE-2021-42574; ATT&CK T1027.010.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.text import BIDI, is_documentation, is_test
from lazaretto.parse.views import TextFile

_CODE = frozenset(
    [
        ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".py", ".pyw", ".rb",
        ".php", ".go", ".rs", ".java", ".kt", ".c", ".h", ".cc", ".cpp", ".cs", ".swift", ".sh", ".bash", ".ps1",
        ".bat", ".cmd", ".sol", ".lua", ".pl", ".scala", ".tf",
    ]
)  # fmt: skip
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_TABLE_ENTRY = re.compile("""(["'])[\u202a-\u202e\u2066-\u2069]\\1""")
"""A constant that is one such character and nothing else: a table of characters, which hides nothing."""
_OPENING = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"


def check(view: TextFile) -> Iterator[Match | Signal]:
    """Report the first suspicious lines of a code file."""
    if view.blob.suffix not in _CODE or is_documentation(view.path):
        return
    for number, row in enumerate(view.blob.text.split("\n"), 1):
        controls = BIDI.findall(_TABLE_ENTRY.sub("", row))
        if not controls or len(row) > 20_000:
            continue
        overrides = any(char in "\u202d\u202e" for char in controls)
        unclosed = sum(char in _OPENING for char in controls) != len(controls) - sum(
            char in _OPENING for char in controls
        )
        foreign = _RIGHT_TO_LEFT.search(row) is not None
        serious = (overrides or unclosed) and not foreign
        yield Match(
            N_("the line holds {count} characters that reorder what is shown"),
            line=number,
            params={"count": len(controls)},
            severity=Severity.MEDIUM if serious else Severity.LOW,
            confidence=Confidence.LOW
            if is_test(view.path) or foreign or not (overrides and unclosed)
            else Confidence.MEDIUM,
        )


RULE = Rule(
    id="text/bidi-control",
    title=N_("Characters reorder how code is shown"),
    view=TextFile,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__,
    techniques=("T1027.010",),
    needles=(
        b"\xe2\x80\xaa",
        b"\xe2\x80\xab",
        b"\xe2\x80\xad",
        b"\xe2\x80\xae",
        b"\xe2\x81\xa6",
        b"\xe2\x81\xa7",
        b"\xe2\x81\xa8",
    ),
)
