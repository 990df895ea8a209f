"""What it sees
    A script for the Windows script hosts (`.vbs`, `.vbe`, `.wsf`, `.hta`, `.jse`) that downloads something and starts
    it, that starts a hidden PowerShell which downloads or decodes, or that is encoded.

Why it matters
    No package manager, interpreter or build of npm and PyPI uses these hosts. They are the link between an install
    script and a second stage.

Example
    setup.vbs: MSXML2.XMLHTTP, ADODB.Stream, SaveToFile, WScript.Shell.Run

What to do
    Do not open it; look for what starts it.

False alarms
    Small scripts that make a shortcut or hide a console window do neither download nor decode.

References
    ATT&CK T1059.005 (Visual Basic), T1218.005 (Mshta), T1105.
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.binary.places import in_tests
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.views import TextFile

_SUFFIXES = frozenset({".vbs", ".vbe", ".vba", ".wsf", ".wsh", ".wsc", ".sct", ".hta", ".jse"})
_FETCH = (
    b"xmlhttp", b"winhttprequest", b"downloadfile", b"downloadstring", b"bitsadmin", b"invoke-webrequest",
    b"urldownloadtofile", b"certutil", b"curl ", b"curl.exe",
)  # fmt: skip
_DECODE = (b"frombase64string", b"-encodedcommand", b" -enc ", b"bin.base64", b"-decode")
_START = (
    b".run", b".exec", b"shellexecute", b"executeglobal", b"execute(", b"eval(", b"win32_process",
    b"invoke-expression", b"iex",
)  # fmt: skip
_KEEP = (b"savetofile", b"adodb.stream", b"createtextfile", b"outfile", b"%temp%", b"-o ")


def check(view: TextFile) -> Iterator[Match]:
    """Judge scripts by their suffix and words."""
    if view.blob.suffix not in _SUFFIXES:
        return
    data = view.blob.data[: 1 << 20].lower()
    tests = in_tests(view.path)
    if b"\0" in data[:64]:
        data = data.replace(b"\0", b"")
    if data.lstrip().startswith(b"#@~^"):
        yield Match(
            N_("an encoded script of the Windows script host"), severity=Severity.LOW if tests else Severity.MEDIUM
        )
        return
    fetch, decode, start, keep = (
        next((word for word in words if word in data), b"") for words in (_FETCH, _DECODE, _START, _KEEP)
    )
    if not start or not (fetch or decode):
        return
    sure = bool(fetch and keep) or bool(decode and b"powershell" in data) or bool(fetch and decode)
    first = fetch or decode
    yield Match(
        N_("a script of the Windows script host that fetches or decodes something and starts it: {words}"),
        line=view.blob.data.lower().count(b"\n", 0, max(0, view.blob.data.lower().find(first))) + 1,
        params={"words": ", ".join(word.decode().strip() for word in (fetch, decode, keep, start) if word)},
        severity=Severity.LOW if tests else Severity.HIGH,
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
    )


RULE = Rule(
    id="binary/script-host-dropper",
    title=N_("A Windows script that downloads and starts something"),
    view=TextFile,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1059.005", "T1218.005", "T1105"),
)
