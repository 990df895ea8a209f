"""What it sees
    A child process that is made not to be noticed: PowerShell with an encoded command or a hidden window, scripts
    started with `pythonw` or `CREATE_NO_WINDOW`, detached children whose output is thrown away, elevation by
    `runas`.

Why it matters
    Programs that help their user may run in the background; programs that hide *and* carry an encoded command, or
    that start while a package is being installed or imported, do it so that nobody asks.

Example
    subprocess.Popen("powershell -WindowStyle Hidden -EncodedCommand dAByAHUAZQA=")

What to do
    Do not install or import it. The finding quotes the start of the decoded command when there is one.

False alarms
    Desktop programs use `CREATE_NO_WINDOW` to avoid a flashing console; alone that is context.

References
    ATT&CK T1564.003 (Hidden Window), T1059.001 (PowerShell), T1027.010 (Command Obfuscation).
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import POWERSHELL_ENCODED, command_of, decoded_by_powershell, once, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_ENCODED = N_("runs PowerShell with an encoded command: {command}")
_HIDDEN = N_("runs PowerShell in a hidden window: {command}")
_DETACHED = N_("starts a hidden, detached process while it is installed or imported: {command}")
_CONTEXT = N_("starts a process without a window: {command}")

_POWERSHELL = re.compile(r"\b(?:powershell|pwsh)(?:\.exe)?\b", re.IGNORECASE)
_HIDDEN_FLAG = re.compile(r"\s[-/]w(?:i|in|indowstyle)?\s+['\"]?(?:hidden|1)\b", re.IGNORECASE)
_BYPASS = re.compile(
    r"\s[-/]ex?(?:ec|p|ecutionpolicy)?\s+['\"]?(?:bypass|unrestricted)\b|Set-MpPreference|Add-MpPreference|DisableRealtime",
    re.IGNORECASE,
)
_DEFENDER = re.compile(
    r"Set-MpPreference|Add-MpPreference|DisableRealtimeMonitoring|ExclusionPath|netsh\s+advfirewall\s+set",
    re.IGNORECASE,
)
_HINTS = terms(
    b"owershell", b"owerShell", b"POWERSHELL", b"pwsh", b"CREATE_NO_WINDOW", b"DETACHED_PROCESS", b"start_new_session",
    b"pythonw", b"0x8000000", b"0x08000000", b"134217728", b"MpPreference", b"advfirewall", b"fromhex", b"b64decode",
    b"[::-1]", b"chr(",
)  # fmt: skip
_FETCH = re.compile(
    r"https?:|Invoke-WebRequest|\biwr\b|DownloadString|DownloadFile|Net\.WebClient|\biex\b", re.IGNORECASE
)
_PYTHONW = re.compile(r"\bpythonw(?:\.exe)?['\"]?\s+['\"]?[^\s'\"-]", re.IGNORECASE)


def check(view: PythonModule) -> Iterator[Match]:
    """Yield hidden children."""
    if not view.speaks("process") or not view.mentions(_HINTS):
        return
    seen: set[object] = set()
    for call in view.facts.calls:
        if not starts_process(call):
            continue
        command = command_of(call)
        graded = _grade(view, call, command)
        if graded is None or not once(seen, call.line):
            continue
        message, severity, confidence = graded
        shown = decoded_by_powershell(command)
        yield Match(
            message,
            call.line,
            call.column,
            params={"command": short(shown or command)},
            excerpt=view.quote(call.line),
            severity=severity,
            confidence=confidence,
            phase=view.phase(call.scope),
            layers=call.layers,
        )


def _grade(view: PythonModule, call: Call, command: str) -> tuple[str, Severity, Confidence] | None:
    unasked = view.unasked(call.scope)
    if _POWERSHELL.search(command):
        if POWERSHELL_ENCODED.search(command):
            return _ENCODED, Severity.HIGH, Confidence.HIGH
        if _DEFENDER.search(command):
            return _HIDDEN, Severity.HIGH, Confidence.HIGH if unasked else Confidence.MEDIUM
        if _HIDDEN_FLAG.search(command):
            acts = unasked or _FETCH.search(command) is not None
            return _HIDDEN, Severity.HIGH if acts else Severity.LOW, Confidence.HIGH if unasked else Confidence.MEDIUM
        if _BYPASS.search(command) and _hides(call):
            return (
                _HIDDEN,
                Severity.HIGH if unasked else Severity.MEDIUM,
                Confidence.HIGH if unasked else Confidence.MEDIUM,
            )
    quiet = call.kwargs.get("capture_output")
    piped = call.kwargs.get("stdout")
    if (quiet is not None and quiet.const is True) or (piped is not None and piped.name.endswith("PIPE")):
        return None  # it reads the answer: a query
    if _hides(call) or _PYTHONW.search(command):
        if unasked and not view.is_test:
            strong = "file:net" in call.tags() or "file:code" in call.tags() or _PYTHONW.search(command) is not None
            return (
                _DETACHED,
                Severity.HIGH if strong else Severity.MEDIUM,
                Confidence.HIGH if strong else Confidence.MEDIUM,
            )
        return _CONTEXT, Severity.LOW, Confidence.LOW
    return None


def _hides(call: Call) -> bool:
    """Tell whether a process call asks for no window, or detaches and drops all output."""
    flags = call.kwargs.get("creationflags")
    if flags is not None and (
        flags.name.endswith(("CREATE_NO_WINDOW", "DETACHED_PROCESS"))
        or flags.const in {0x08000000, 0x00000008, 0x08000008}
    ):
        return True
    session = call.kwargs.get("start_new_session")
    quiet = [call.kwargs[key].name.endswith("DEVNULL") for key in ("stdout", "stderr") if key in call.kwargs]
    return session is not None and session.const is True and len(quiet) == 2 and all(quiet)


RULE = Rule(
    id="py/hidden-child-process",
    title=N_("Starts a process that hides"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1564.003", "T1059.001", "T1027.010"),
)
