"""What it sees
    A module that deletes or overwrites its own file, while it also fetches or executes something.

Why it matters
    graphalgo's relatives on PyPI remove the added code from the installed package after it ran, so that whoever
    looks later finds the honest library.

Example
    exec(payload)
    open(__file__, "w").write(clean_source)

What to do
    Do not import it. What is on disk after a run proves nothing: compare with the published archive.

False alarms
    One-time migration scripts delete themselves when they are started by hand.

References
    ATT&CK T1070.004 (File Deletion), T1027.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import once, runs_code, sends_anything, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_DELETES = N_("deletes its own file")
_REWRITES = N_("overwrites its own file")
_NEIGHBOUR = N_("overwrites or deletes another source file of its own package")

_HINTS = re.compile(rb"(?:remove|unlink|rename|replace|move|open|Path)\([^\n]{0,60}__file__|=[^\n]{0,60}__file__")
_WRITES = terms(
    b"unlink", b"os.remove", b"remove(", b"write_text", b"write_bytes", b'"w', b"'w", b"rename(", b"replace("
)
_REMOVERS = {"os.remove", "os.unlink", "shutil.move", "os.rename", "os.replace"}


def check(view: PythonModule) -> Iterator[Match]:
    """Yield deletions and overwritings of the module's own file."""
    if view.is_test or not (view.speaks("net") or view.speaks("exec") or view.speaks("process")):
        return
    if not view.mentions(_WRITES) or not _HINTS.search(view.blob.data):
        return
    seen: set[object] = set()
    for call in view.facts.calls:
        what = _what(call)
        if not what or not once(seen, call.line):
            continue
        if what is _NEIGHBOUR:
            yield from _neighbour(view, call)
            continue
        acts = any(runs_code(other) or starts_process(other) for other in view.facts.calls) or sends_anything(view)
        unasked = view.unasked(call.scope)
        yield Match(
            what,
            call.line,
            call.column,
            excerpt=view.quote(call.line),
            phase=view.phase(call.scope),
            layers=call.layers,
            severity=Severity.HIGH if acts and unasked else Severity.MEDIUM if acts else Severity.LOW,
            confidence=Confidence.MEDIUM if unasked else Confidence.LOW,
        )


def _neighbour(view: PythonModule, call: Call) -> Iterator[Match]:
    """Yield the rewriting of a neighbour, where the file also executes text: builds write version files."""
    if view.is_setup or view.is_side:
        return
    executes = any(runs_code(other) or other.hidden for other in view.facts.calls)
    yield Match(
        _NEIGHBOUR,
        call.line,
        call.column,
        excerpt=view.quote(call.line),
        phase=view.phase(call.scope),
        layers=call.layers,
        severity=Severity.MEDIUM if executes else Severity.LOW,
        confidence=Confidence.MEDIUM if executes else Confidence.LOW,
    )


def _what(call: Call) -> str:
    own = bool(call.args) and call.args[0].shape == "%FILE%"
    if own and call.name in _REMOVERS:
        return _DELETES
    if own and call.name in {"open", "io.open"} and (call.arg(1, "mode").text or "r")[:1] in "wx+":
        return _REWRITES
    if call.name in _REMOVERS | {"open", "io.open"} and call.args and _beside(call.args[0].shape):
        if call.name in _REMOVERS or (call.arg(1, "mode").text or "r")[:1] in "wx":
            return _NEIGHBOUR
    if call.receiver.shape == "%FILE%" and call.attr in {"unlink", "write_text", "write_bytes"}:
        return _DELETES if call.attr == "unlink" else _REWRITES
    return ""


def _beside(path: str) -> bool:
    """Tell whether a path is a Python file that is found from this file's own place."""
    return path.startswith("%FILE%") and path.endswith(".py") and len(path) > 9


RULE = Rule(
    id="py/self-rewriting-module",
    title=N_("Deletes or overwrites its own file"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1070.004", "T1027"),
    needles=(b"__file__",),
)
